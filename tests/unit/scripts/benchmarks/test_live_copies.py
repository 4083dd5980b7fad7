"""When live copies grew."""

from pathlib import Path

from benchmarks.live_copies import LiveCopies


def test_each_growth_of_a_copy_is_noted(tmp_path: Path) -> None:
    """A look at what did not grow adds nothing; the name is that of the call."""
    copies = LiveCopies(tmp_path)
    path = tmp_path / "1795.7.sln48"
    path.write_bytes(b"12")

    copies.look()
    copies.look()
    path.write_bytes(b"1234")
    copies.look()

    assert len(copies.grown_at("1795.7")) == 2
    assert copies.grown_at("1795.8") == ()
