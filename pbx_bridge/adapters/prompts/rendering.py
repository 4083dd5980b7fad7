"""Renders the prompts into the folder from which Asterisk plays them."""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from pbx_bridge.adapters.prompts import sound
from pbx_bridge.adapters.prompts.texts import Prompt, prompts_of
from pbx_bridge.config import Config
from pbx_bridge.errors import PromptError

EXTENSIONS = (".wav", ".alaw")
"""What Asterisk plays without transcoding: ``.alaw`` to the trunk, ``.wav`` to everything."""

CUSTOM = "custom"
"""Folder beside the rendered prompts; ``custom/greeting.wav`` of the firm beats our voice."""

_MADE = ".rendered.json"
"""Remembers from what each prompt was made, so that an unchanged one is not made again."""

_RECIPE = "1"
"""To be raised when `sound` changes: then everything is rendered again."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What `render` did; each prompt as ``LANGUAGE/NAME``."""

    made: tuple[str, ...]
    kept: tuple[str, ...]


def render(
    config: Config,
    into: Path | None = None,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Rendered:
    """
    Make every prompt that is missing or whose text, voice or own recording changed.

    Each file appears whole or not at all, so this may run while calls are served.

    Args:
        config: the firm's name, languages and technicians.
        into: target folder; `None` means the configured ``prompts_dir``.
        progress: called with each prompt that is about to be made.

    Raises:
        PromptError: a program is missing or failed, or the folder cannot be written.
    """
    target = into or config.asterisk.prompts_dir
    made: list[str] = []
    kept: list[str] = []
    try:
        for prompt in prompts_of(config):
            name = f"{prompt.language}/{prompt.name}"
            is_current = _is_current(prompt, target / prompt.language)
            (kept if is_current else made).append(name)
            if not is_current:
                progress(name)
                _make(prompt, target / prompt.language)
    except OSError as exc:
        reason = f"{exc.strerror}: {exc.filename or target}"
        raise PromptError(f"cannot write prompts ({reason}); check owner and space") from exc
    return Rendered(tuple(made), tuple(kept))


def missing(config: Config, into: Path | None = None) -> list[str]:
    """Return the prompts without a playable file, each as ``LANGUAGE/NAME``."""
    target = into or config.asterisk.prompts_dir
    return [
        f"{prompt.language}/{prompt.name}"
        for prompt in prompts_of(config)
        if _lacking(target / prompt.language, prompt.name)
    ]


def own_recording(folder: Path, name: str) -> Path | None:
    """Return the firm's own recording of a prompt."""
    recording = folder / CUSTOM / f"{name}.wav"
    return recording if recording.is_file() else None


def _lacking(folder: Path, name: str) -> bool:
    files = (folder / f"{name}{extension}" for extension in EXTENSIONS)
    try:
        return not all(file.is_file() and file.stat().st_size for file in files)
    except OSError:  # a folder that we may not enter
        return True


def _digest(prompt: Prompt, folder: Path) -> str:
    recording = own_recording(folder, prompt.name)
    source = recording.read_bytes() if recording else json.dumps(asdict(prompt)).encode()
    return hashlib.sha256(_RECIPE.encode() + source).hexdigest()


def _is_current(prompt: Prompt, folder: Path) -> bool:
    """Whether the sounds are there and were made from what would be used now."""
    digest = _read_digests(folder).get(prompt.name)
    return digest == _digest(prompt, folder) and not _lacking(folder, prompt.name)


def _make(prompt: Prompt, folder: Path) -> None:
    _create(folder)
    digest = _digest(prompt, folder)  # before: a recording exchanged meanwhile is seen next time
    with tempfile.TemporaryDirectory(prefix=".render-", dir=folder) as scratch:
        wav = Path(scratch) / f"{prompt.name}.wav"
        recording = own_recording(folder, prompt.name)
        if recording:
            sound.adopt(recording, wav)
        else:
            sound.speak(prompt, wav)
        alaw = wav.with_suffix(".alaw")
        sound.to_alaw(wav, alaw)
        for file in (alaw, wav):
            file.chmod(0o644)  # Asterisk runs as another user
            file.replace(folder / file.name)
    digests = {**_read_digests(folder), prompt.name: digest}
    _write(folder / _MADE, json.dumps(digests, indent=1).encode())


def _create(folder: Path) -> None:
    """Make the folder and the one above; Asterisk, another user, must get in."""
    for path in (folder.parent, folder):
        if not path.is_dir():
            path.mkdir(parents=True)
            path.chmod(0o755)


def _read_digests(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / _MADE).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=".render-", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(path)
