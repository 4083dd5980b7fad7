"""Command group `model`: fetch, list and verify speech models."""

import asyncio
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from pbx_bridge.adapters.models import (
    DEFAULT_FOLDER,
    Archive,
    Manifest,
    fetch,
    load_manifest,
    verify,
)
from pbx_bridge.errors import ModelError

SILENCE_BYTES = 16_000
"""One second of raw 8 kHz audio."""

INTO = click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULT_FOLDER,
    show_default=True,
    help="Folder of the models.",
)


@click.group()
def model() -> None:
    """Fetch and check speech models."""


@model.command("fetch")
@click.argument("name_or_language")
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An archive that was carried here; its hash is checked all the same.",
)
@INTO
def fetch_command(name_or_language: str, source: Path | None, into: Path) -> None:
    """
    Get the model NAME_OR_LANGUAGE, for example "de".

    Exit status: 0 when the model is there and whole, also when it already was.
    """
    fetched = fetch(name_or_language, into, source=source, progress=_show_progress)
    was = "was there already, and is whole" if fetched.was_there else "is ready"
    click.echo(f"{fetched.folder} {was}")


@model.command("list")
@INTO
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def list_command(into: Path, as_json: bool) -> None:
    """List the models that can be fetched, and which are there."""
    manifest = load_manifest()
    for archive in manifest.archives.values():
        state = _state(archive, manifest, into)
        if as_json:
            click.echo(json.dumps(asdict(archive) | {"state": state}))
        else:
            megabytes = archive.bytes // 1_000_000
            click.echo(
                f"{archive.language}  {archive.name:<36} {megabytes:>5} MB"
                f"  {archive.licence:<10}  {state}{archive.note and '; ' + archive.note}"
            )


@model.command("test")
@click.argument("language")
@click.option(
    "--file",
    "recording",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Something to understand; without it a second of silence.",
)
@click.pass_obj
def test_command(config_path: Path | None, language: str, recording: Path | None) -> None:
    """
    Load the model of LANGUAGE as the service does, and let it hear something.

    Exit status: 1 when it cannot be loaded or does not answer.
    """
    # asyncio, vosk's worker: --help must answer at once
    from pbx_bridge.cli.transcribe import find_folder, hear, quiet_logs  # noqa: PLC0415

    folder = find_folder(config_path, language)
    with quiet_logs(), TemporaryDirectory() as scratch:
        silence = Path(scratch) / "silence.sln"
        silence.write_bytes(bytes(SILENCE_BYTES))
        began = time.monotonic()
        transcript = asyncio.run(hear(recording or silence, language, folder))
    took_s = time.monotonic() - began
    click.echo(f"{language}: {folder} loads and answers ({took_s:.1f} s in all)")
    if recording is not None:
        click.echo(f"heard: {transcript.text or '(nothing understood)'}")


@model.command("verify")
@click.argument("names", nargs=-1, metavar="[NAME|FOLDER]...")
@INTO
def verify_command(names: tuple[str, ...], into: Path) -> None:
    """
    Compare fetched models with what they were when they were unpacked.

    Without a name: all that are there. Exit status: 1 when one is not whole.
    """
    known = load_manifest().archives
    folders = [Path(name) if "/" in name else into / name for name in names]
    folders = folders or [into / name for name in known if (into / name).exists()]
    if not folders:
        raise ModelError(f"no models in {into}; get one with: pbx-bridge model fetch LANGUAGE")
    faults = []
    for folder in folders:
        try:
            click.echo(f"{folder}: {verify(folder)} files, all as they were unpacked")
        except ModelError as exc:
            faults.append(str(exc))
    if faults:
        raise ModelError("\n".join(faults))


def _state(archive: Archive, manifest: Manifest, into: Path) -> str:
    if (into / archive.name).is_dir():
        return "fetched"
    if archive.sha256 is None:
        return "cannot be fetched: no trustworthy hash"
    if manifest.defaults.get(archive.language) == archive.name:
        return f"model fetch {archive.language}"
    return "available"


def _show_progress(done: int, total: int) -> None:
    """Keep one line up to date, for a person only."""
    if sys.stderr.isatty():
        percent = 100 * done // total
        click.echo(f"\r{percent:3} % of {total / 1e6:.0f} MB", nl=done == total, err=True)
