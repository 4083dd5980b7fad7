"""The files that hold secrets: read, looked at, and never quoted."""

import stat
from collections.abc import Iterator
from pathlib import Path

from pbx_bridge.config.pins import read_pins
from pbx_bridge.config.secret_urls import read_urls, urls_of
from pbx_bridge.config.sections import Config
from pbx_bridge.errors import ConfigError


def read_secret(path: Path) -> str:
    """
    Return the secret that is the first line of a file.

    Raises:
        ConfigError: the file cannot be read, or its first line is empty.
    """
    try:
        first, *_ = path.read_text(encoding="utf-8-sig").splitlines() or [""]
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "not UTF-8"
        remedy = "create it with the secret in its first line, mode 0600"
        raise ConfigError([f"{path} cannot be read ({reason}); {remedy}"]) from exc
    if not first.strip():
        raise ConfigError([f"{path} is empty; write the secret into its first line"])
    return first.strip()


def notice_files(config: Config) -> Iterator[tuple[str, Path]]:
    """Yield the secret files of mail, webhooks and push, with who needs each."""
    yield from _secrets(config)
    if config.apprise and config.apprise.urls_file:
        yield "apprise", config.apprise.urls_file
    for person in config.technicians:
        if person.notify_file:
            yield f"technician/{person.name}", person.notify_file


def secret_faults(config: Config) -> Iterator[tuple[str, ConfigError]]:
    """
    Yield which secrets of mail and webhooks cannot be read, with who needs each.

    They are read again for each notice: once mended, no restart is needed.
    """
    for whose, file in _secrets(config):
        try:
            read_secret(file)
        except ConfigError as exc:
            yield whose, exc


def secret_advice(config: Config, source: Path | None = None) -> list[str]:
    """
    Return secret files that everybody may read, that cannot be read, and mistaken PINs.

    Without them somebody is not told, or cannot call in, and everything else works: that is
    no reason not to start.
    """
    files = [config.asterisk.ami_secret_file, *(file for _, file in notice_files(config))]
    if source is not None and any(person.notify for person in config.technicians):
        files.append(source)  # Apprise URLs are secrets, and stand in it
    loose = dict.fromkeys(file for file in files if is_loose(file))
    found = [
        f"{file}: is readable by everybody on this machine; chmod 600 {file}" for file in loose
    ]
    found += [f"{whose} cannot be told: {exc}" for whose, exc in secret_faults(config)]
    found += _url_faults(config)
    try:
        if config.call_in.pins_file is not None:
            read_pins(config.call_in.pins_file, [person.name for person in config.technicians])
    except ConfigError as exc:
        found += exc.mistakes
    return found


def is_loose(path: Path) -> bool:
    """Whether others than the owner and his group may read a file; `False` if we cannot see it."""
    try:
        return bool(path.stat().st_mode & stat.S_IROTH)
    except OSError:  # not there, or in a folder that is closed to us, hence to others
        return False


def _secrets(config: Config) -> Iterator[tuple[str, Path]]:
    if config.mail and config.mail.secret_file:
        yield "mail", config.mail.secret_file
    for webhook in config.webhooks:
        yield f"webhook/{webhook.name}", webhook.secret_file


def _url_faults(config: Config) -> Iterator[str]:
    for person in config.technicians:
        try:
            urls_of(person)
        except ConfigError as exc:
            yield f"technician/{person.name} cannot be told: {exc}"
    try:
        if config.apprise and config.apprise.urls_file:
            read_urls(config.apprise.urls_file)
    except ConfigError as exc:
        yield f"apprise cannot be told: {exc}"
