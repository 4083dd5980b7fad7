"""Lists of Apprise URLs: each is a secret, so no mistake may quote one."""

from pathlib import Path

from pbx_bridge.config.sections import TechnicianConfig
from pbx_bridge.errors import ConfigError


def read_urls(path: Path) -> tuple[str, ...]:
    """
    Return the URLs of a file, one in a line; empty lines and lines with ``#`` first are not.

    Raises:
        ConfigError: it cannot be read, holds none, or something that is no URL.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "not UTF-8"
        remedy = "create it with one Apprise URL in a line, mode 0600"
        raise ConfigError([f"{path} cannot be read ({reason}); {remedy}"]) from exc
    found = {n: line.strip() for n, line in enumerate(lines, start=1)}
    urls = {n: line for n, line in found.items() if line and not line.startswith("#")}
    wrong = [f"{path}:{n}: {text}" for n, url in urls.items() if (text := url_mistake(url))]
    if wrong:
        raise ConfigError(wrong)
    if not urls:
        raise ConfigError([f"{path} holds no URL; write one in a line, or take the key out"])
    return tuple(dict.fromkeys(urls.values()))


def url_mistake(url: str) -> str | None:
    """Return what is wrong with the form of an Apprise URL; what is in it Apprise must know."""
    scheme, mark, rest = url.partition("://")
    if not (mark and rest and scheme.isascii() and scheme.isalnum() and url.isprintable()):
        return 'is no Apprise URL; write it like "ntfy://ntfy.example.com/topic"'
    if " " in url:
        return "has a space behind or in the URL; write remarks in lines of their own, with # first"
    return None


def urls_of(technician: TechnicianConfig) -> tuple[str, ...]:
    """Return where a technician is told; raise `ConfigError` when his file cannot be read."""
    from_file = read_urls(technician.notify_file) if technician.notify_file else ()
    return tuple(dict.fromkeys((*technician.notify, *from_file)))
