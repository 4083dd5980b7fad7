"""The command ``pbx-bridge config``."""

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pbx_bridge.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from pbx_bridge.config import Config


@click.group()
def config() -> None:
    """Check the configuration."""


@config.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@click.pass_obj
def check(config_path: Path, as_json: bool) -> None:
    """
    Report every mistake in the configuration at once, and what is allowed and unwise.

    Gaps of the next 60 days are looked for in the whole plan, with its overrides and imports.

    Exit status: 0 when the service can start with it, advice or not; 1 with mistakes.
    """
    from pbx_bridge.cli.concerns import gap_lines  # noqa: PLC0415 - as below
    from pbx_bridge.cli.firm_plan import firm_plan  # noqa: PLC0415 - as below
    from pbx_bridge.config import load  # noqa: PLC0415 - pydantic: --help must answer at once
    from pbx_bridge.config.parsing import advice, read_text  # noqa: PLC0415 - as above
    from pbx_bridge.config.secret_files import secret_advice  # noqa: PLC0415 - as above

    mistakes: list[str] = []
    advised: list[str] = []
    try:
        loaded = load(config_path)
        advised = advice(read_text(config_path), source=str(config_path))
        advised += _model_advice(loaded, config_path)
        advised += secret_advice(loaded, config_path)
        with suppress(StoreError):  # `doctor` says what is wrong with the database
            advised += gap_lines(firm_plan(config_path))
    except ConfigError as exc:
        if not as_json:
            raise
        mistakes = exc.mistakes
    if as_json:
        report = {"config": str(config_path), "mistakes": mistakes, "advice": advised}
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        for line in advised:
            click.echo(f"advice: {line}")
        click.echo(f"{config_path}: no mistakes")
    if mistakes:
        raise SystemExit(1)


def _model_advice(loaded: "Config", path: Path) -> list[str]:
    """Return the folders without a speech model: not a mistake, for one may be fetched later."""
    from pbx_bridge.adapters.doctor.folders import model_faults  # noqa: PLC0415 - as above
    from pbx_bridge.config.parsing import placed, read_text  # noqa: PLC0415 - as above

    so = "so every message counts as urgent; pbx-bridge model fetch"
    found = [
        (("speech", "models", language), f"{fault}, {so} {language}")
        for language, fault in model_faults(loaded.speech.models)
    ]
    return placed(read_text(path), str(path), found)
