"""Puts our dialplan beside the user's: own files plus one include line, removed byte for byte."""

import hashlib
import hmac
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pbx_bridge.adapters.shipped import shipped
from pbx_bridge.config import Config
from pbx_bridge.config.values import IN_DIALPLAN, SAFE_IN_DIALPLAN
from pbx_bridge.errors import DialplanError

FOLDER = "pbx-bridge"
INCLUDE = f'#include "{FOLDER}/extensions.conf" ; added by pbx-bridge dialplan install\n'
"""Stands first in the user's file, so that taking it out again leaves every other byte alone."""

BOM = b"\xef\xbb\xbf"
"""Asterisk skips it at the very beginning of a file only, so it stays there."""

FREEPBX_MARK = "FreePBX"
SHORTEST_SECRET = 8

SAFE_SECRET = re.compile(r"[!-:<-~]+")
"""Printable, no space and no semicolon, which begins a comment in manager.conf."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What an installation or a removal changed."""

    written: tuple[Path, ...]
    removed: tuple[Path, ...]
    advice: tuple[str, ...]
    """What only the user can do, one sentence each."""


def agi_secret(ami_secret: str) -> str:
    """
    Return the secret that the dialplan sends as first AGI argument.

    AGI has no password of its own; anybody on this machine could otherwise play Asterisk.
    """
    return hmac.new(ami_secret.encode(), b"pbx-bridge agi", hashlib.sha256).hexdigest()[:32]


def render(config: Config, ami_secret: str) -> dict[str, str]:
    """Return our files, named relative to Asterisk's folder of configuration files."""
    asterisk, escalation = config.asterisk, config.escalation
    numbers = {person.name: person.number for person in config.technicians}
    values = {
        "AGI": f"{_in_url(asterisk.agi_host)}:{asterisk.agi_port}",
        "AGI_SECRET": agi_secret(ami_secret),
        "DIAL": asterisk.dial.replace("{number}", "${PBXB_NUMBER}"),
        "LANGUAGE": config.firm.language,
        "LEASE": str(asterisk.lease_s),
        "MESSAGE": str(config.message.max_s),
        "ON_CALL": "&".join(numbers[name] for name in dict.fromkeys(config.order())),
        "PAUSE": str(escalation.round_pause_s),
        "PROMPTS": str(asterisk.prompts_dir / config.firm.language),
        "RECORDINGS": str(asterisk.recordings_dir),
        "RING": str(escalation.ring_timeout_s),
        "ROSTER": "&".join(numbers.values()),
        "ROUNDS": str(escalation.rounds),
        "SILENCE": str(config.message.silence_s),
        "USER": asterisk.ami_user,
        "SECRET": ami_secret,
    }
    for name, value in values.items():
        if name != "SECRET" and not SAFE_IN_DIALPLAN.fullmatch(value):
            raise DialplanError(
                f"the configuration's value for {name}, {value!r}, cannot stand in a dialplan;"
                f" {IN_DIALPLAN}"
            )
    if problem := _secret_mistake(ami_secret):
        remedy = "make a new one, for example: openssl rand -hex 24"
        raise DialplanError(f"{asterisk.ami_secret_file}: the secret {problem}; {remedy}")
    return {
        f"{FOLDER}/extensions.conf": _fill(shipped("dialplan") / "extensions.conf", values),
        "manager.d/pbx-bridge.conf": _fill(shipped("dialplan") / "manager.conf", values),
    }


def _secret_mistake(secret: str) -> str | None:
    if len(secret) < SHORTEST_SECRET:
        return f"is too short, at least {SHORTEST_SECRET} signs"
    if not SAFE_SECRET.fullmatch(secret):
        return "has a space, a semicolon or a sign that manager.conf cannot hold"
    return None


def install(config: Config, ami_secret: str, etc: Path) -> Installed:
    """
    Write our files into *etc* and include them; a second time changes only what differs.

    Raises:
        DialplanError: *etc* is no folder of Asterisk's, or cannot be written.
    """
    target = _target(etc)
    written: list[Path] = []
    try:
        for name, text in render(config, ami_secret).items():
            if _write(etc / name, text, like=target):
                written.append(etc / name)
        before = target.read_bytes()
        for other in _including(etc):
            if other != target:  # FreePBX came or went since the last installation
                _replace(other, _without_include(other))
                written.append(other)
        if INCLUDE.encode() not in before:
            start = len(BOM) if before.startswith(BOM) else 0
            _replace(target, before[:start] + INCLUDE.encode() + before[start:])
            written.append(target)
    except OSError as exc:
        raise DialplanError(f"{exc.filename}: {exc.strerror}; run this as root") from exc
    return Installed(written=tuple(written), removed=(), advice=_advice(etc))


def remove(etc: Path) -> Installed:
    """Take out our files and our line; every other byte stays as it is."""
    _target(etc)
    changed: list[Path] = []
    removed: list[Path] = []
    try:
        for target in _including(etc):
            _replace(target, _without_include(target))
            changed.append(target)
        for path in (etc / FOLDER / "extensions.conf", etc / "manager.d" / "pbx-bridge.conf"):
            if path.is_file():
                path.unlink()
                removed.append(path)
        for folder in (etc / FOLDER, etc / "manager.d"):
            if (folder / MADE_BY_US).exists() and {p.name for p in folder.iterdir()} == {
                MADE_BY_US
            }:
                shutil.rmtree(folder)
    except OSError as exc:
        raise DialplanError(f"{exc.filename}: {exc.strerror}; run this as root") from exc
    return Installed(written=tuple(changed), removed=tuple(removed), advice=REMOVED)


REMOVED = (
    "take your own Goto(pbxb-incoming,s,1) out: such a call would end at once",
    "let Asterisk forget it: asterisk -rx 'dialplan reload' and -rx 'manager reload'",
)

MADE_BY_US = ".made-by-pbx-bridge"
"""Marks a folder that was not there before us and goes with us."""


def _target(etc: Path) -> Path:
    """Return the user's file that gets the include line."""
    generated = etc / "extensions.conf"
    custom = etc / "extensions_custom.conf"
    if not generated.is_file():
        raise DialplanError(f"{etc}: no extensions.conf in it; give Asterisk's folder with --etc")
    if custom.is_file() and FREEPBX_MARK in generated.read_text(errors="replace"):
        return custom.resolve()
    return generated.resolve()


def _including(etc: Path) -> list[Path]:
    """Return the user's files that have our line."""
    files = [etc / name for name in ("extensions.conf", "extensions_custom.conf")]
    return [
        path.resolve() for path in files if path.is_file() and INCLUDE.encode() in path.read_bytes()
    ]


def _without_include(path: Path) -> bytes:
    return path.read_bytes().replace(INCLUDE.encode(), b"", 1)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _advice(etc: Path) -> tuple[str, ...]:
    advice: list[str] = []
    manager = etc / "manager.conf"
    text = manager.read_text(errors="replace") if manager.is_file() else ""
    lines = [line.split(";")[0].replace('"', "").strip() for line in text.splitlines()]
    if not any(line.startswith("#") and "manager.d/*.conf" in line for line in lines):
        advice.append(
            f"add this line to {manager}, so that our AMI account is read:"
            ' #include "manager.d/*.conf"'
        )
    advice.append("let Asterisk read it: asterisk -rx 'dialplan reload' and -rx 'manager reload'")
    advice.append("send your after-hours calls to our context: Goto(pbxb-incoming,s,1)")
    return tuple(advice)


def _fill(template: Path, values: dict[str, str]) -> str:
    try:
        text = template.read_text(encoding="utf-8")
    except OSError as exc:
        raise DialplanError(f"{template}: {exc.strerror}; install pbx-bridge again") from exc
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def _write(path: Path, text: str, *, like: Path) -> bool:
    """Write one of our files, readable by whoever reads *like*; whether it changed."""
    if path.is_file() and path.read_bytes() == text.encode():
        return False
    if not path.parent.is_dir():
        path.parent.mkdir(mode=0o755)
        (path.parent / MADE_BY_US).touch()
        _own(path.parent, like)
    _replace(path, text.encode(), like=like, mode=0o640)
    return True


def _replace(
    path: Path, content: bytes, *, like: Path | None = None, mode: int | None = None
) -> None:
    """Put *content* in place of a file at once, keeping owner and mode."""
    model = like or path
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(model.stat().st_mode & 0o777 if mode is None else mode)
        _own(Path(name), model)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _own(path: Path, like: Path) -> None:
    if os.geteuid() == 0:
        info = like.stat()
        os.chown(path, info.st_uid, info.st_gid)
