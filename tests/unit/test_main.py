"""``python -m pbx_bridge`` is ``pbx-bridge``."""

import runpy

import pytest


def test_module_runs_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever has the package has the command, also without its script in PATH."""
    monkeypatch.setattr("sys.argv", ["x", "--version"])

    with pytest.raises(SystemExit) as caught:
        runpy.run_module("pbx_bridge", run_name="__main__")

    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("pbx-bridge, version")
