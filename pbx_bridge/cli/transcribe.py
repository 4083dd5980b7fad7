"""The command ``pbx-bridge transcribe``."""

import asyncio
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from pbx_bridge.core.case import Transcript, Word
from pbx_bridge.errors import ModelError

PATIENCE_S = 600.0
"""How long somebody at a keyboard waits for a big model to load."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--lang", "language", required=True, help='Two letters, for example "de".')
@click.option(
    "--model",
    "folder",
    type=click.Path(path_type=Path),
    help="Folder of the model; without it the one of the configuration, or a fetched one.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object with times of all words.")
@click.pass_obj
def transcribe(
    config_path: Path | None, file: Path, language: str, folder: Path | None, as_json: bool
) -> None:
    """
    Transcribe a recording.

    FILE is a WAV file (16 bit mono) or Asterisk's raw .sln, .sln16, .sln48 and so on.
    Exit status: 0 also when nothing was understood.
    """
    found = folder or find_folder(config_path, language)
    with quiet_logs():
        transcript = asyncio.run(hear(file, language, found))
    if as_json:
        report = {
            "file": str(file),
            "language": transcript.language,
            "engine": transcript.engine,
            "text": transcript.text,
            "unknown_words": transcript.unknown_words,
            "words": [_timed(word) for word in transcript.words],
        }
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        click.echo(transcript.text)


async def hear(file: Path, language: str, model: Path) -> Transcript:
    """Transcribe *file* the way the service does: in a worker process of its own."""
    # vosk, pydantic and structlog: --help must answer at once
    from pbx_bridge.adapters.asr.transcriber import VoskTranscriber  # noqa: PLC0415
    from pbx_bridge.config import SpeechConfig  # noqa: PLC0415

    config = SpeechConfig(models={language: model}, deadline_s=PATIENCE_S)
    transcriber = VoskTranscriber(config)
    await transcriber.start()
    try:
        return await transcriber.transcribe(file, language=language)
    finally:
        await transcriber.stop()


@contextmanager
def quiet_logs() -> Iterator[None]:
    """Keep log lines away from the transcript on stdout; errors are raised, not only logged."""
    import structlog  # noqa: PLC0415 - as above

    before = structlog.get_config()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    try:
        yield
    finally:
        structlog.configure(**before)


def _timed(word: Word) -> dict[str, object]:
    """Return a word as it stands in JSON; in a whole transcript every one is final."""
    return {key: value for key, value in asdict(word).items() if key != "is_final"}


def find_folder(config_path: Path | None, language: str) -> Path:
    """Return the folder of a model: the configuration's, or a fetched one; else `ModelError`."""
    return _configured(config_path, language) or _fetched(language)


def _configured(config_path: Path | None, language: str) -> Path | None:
    if config_path is None or not config_path.exists():
        return None
    # pydantic: --help must answer at once
    from pbx_bridge.config import parse  # noqa: PLC0415
    from pbx_bridge.config.parsing import read_text  # noqa: PLC0415

    config = parse(read_text(config_path), source=str(config_path))  # no secret is needed
    return config.speech.models.get(language)


def _fetched(language: str) -> Path:
    # urllib and zipfile: --help must answer at once
    from pbx_bridge.adapters.models import (  # noqa: PLC0415
        DEFAULT_FOLDER,
        find_model,
        load_manifest,
    )

    found = find_model(language, DEFAULT_FOLDER, manifest=load_manifest())
    if found is None:
        raise ModelError(
            f"no speech model for {language!r} in {DEFAULT_FOLDER};"
            f" get one with: pbx-bridge model fetch {language}"
        )
    return found
