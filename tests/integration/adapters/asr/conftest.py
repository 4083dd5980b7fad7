"""A speaker and a running transcriber with the real test models."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from speech import Speaker, model

from pbx_bridge.adapters.asr.supervisor import Limits
from pbx_bridge.adapters.asr.transcriber import VoskTranscriber
from pbx_bridge.config import SpeechConfig

LANGUAGES = ("de", "en", "pl", "ru")


@pytest.fixture(scope="session")
def speaker(tmp_path_factory: pytest.TempPathFactory) -> Speaker:
    """Return a speaker; what it said once is kept for the whole run."""
    return Speaker(tmp_path_factory.mktemp("speech"))


@pytest.fixture
async def transcriber() -> AsyncIterator[VoskTranscriber]:
    """Return a transcriber with all test models, ready to hear."""
    models: dict[str, Path] = {language: model(language) for language in LANGUAGES}
    limits = Limits(ping_every_s=0.05, ping_deadline_s=0.5, start_deadline_s=20, backoff_s=(0.0,))
    transcriber = VoskTranscriber(SpeechConfig(models=models), limits=limits)
    await transcriber.start()
    await transcriber.ready.wait()
    yield transcriber
    await transcriber.stop()
