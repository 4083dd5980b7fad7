"""What a single value must look like; the text of each error says what to write instead."""

import ipaddress
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field

LANGUAGES = ("de", "en", "pl", "ru")
"""Languages for which prompts and rules are shipped."""

LONGEST_SOCKET = 107
"""Bytes of a path that Linux takes for a Unix socket, without the zero behind it (unix(7))."""

SAFE_IN_DIALPLAN = re.compile(r"(\[::1\])?[A-Za-z0-9/_.+@&{}$:=-]*")
"""What may go from the configuration into a dialplan line."""

IN_DIALPLAN = "use letters a-z, digits and / _ . + @ : = - only"

_DIAL = re.compile(r"[A-Za-z0-9]+/[^\s&,|{}]*\{number\}[^\s&,|{}]*")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?")
_ADDRESS = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+")


def is_loopback(host: str) -> bool:
    """Whether *host* cannot be reached from another machine; names other than localhost can."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _zone(name: str) -> str:
    try:
        known = ("/" in name or name == "UTC") and ZoneInfo(name).key == name
    except (OSError, ValueError, KeyError):  # a folder, a bad name, an unknown zone
        known = False
    if not known:
        zones = available_timezones()
        if not zones:
            raise ValueError("cannot be looked up: no zones on this machine; install tzdata")
        near = get_close_matches(name, zones, n=1)
        proposal = near[0] if near else "Europe/Berlin"
        raise ValueError(f'is no IANA time zone; for example "{proposal}"')
    return name


def _language(language: str) -> str:
    if language not in LANGUAGES:
        raise ValueError(f"has no prompts and rules; one of: {', '.join(LANGUAGES)}")
    return language


def _absolute(path: Path) -> Path:
    if not path.is_absolute():
        raise ValueError("is a relative path; write the whole path, beginning with /")
    return path


def _dialplan_path(path: Path) -> Path:
    if not SAFE_IN_DIALPLAN.fullmatch(str(_absolute(path))):
        raise ValueError(f"cannot stand in a dialplan; {IN_DIALPLAN}")
    return path


def _socket(path: Path) -> Path:
    if len(bytes(_absolute(path))) > LONGEST_SOCKET:
        raise ValueError(f"is too long for a socket; at most {LONGEST_SOCKET} bytes")
    return path


def _loopback(host: str) -> str:
    if not is_loopback(host):
        raise ValueError("is reachable from other machines; use 127.0.0.1")
    return host


def _host(host: str) -> str:
    if not _HOST.fullmatch(host):
        raise ValueError("is no host name or address; write one without port and spaces")
    return host


def _dial(template: str) -> str:
    if not _DIAL.fullmatch(template):
        raise ValueError('must hold {number} once, and no , & |; like "PJSIP/{number}@trunk"')
    if not SAFE_IN_DIALPLAN.fullmatch(template):
        raise ValueError(f"cannot stand in a dialplan; {IN_DIALPLAN}")
    return template


def _printable(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("must be one line of printable text")
    return text


def _address(address: str) -> str:
    if not _ADDRESS.fullmatch(address) or not address.isprintable():
        raise ValueError('is no mail address; write "name@example.com" without a display name')
    return address


def _none_if_empty(value: object) -> object:
    return None if value == "" else value


Zone = Annotated[str, AfterValidator(_zone)]
Language = Annotated[str, AfterValidator(_language)]
AbsolutePath = Annotated[Path, AfterValidator(_absolute)]
OptionalPath = Annotated[AbsolutePath | None, BeforeValidator(_none_if_empty)]
DialplanPath = Annotated[Path, AfterValidator(_dialplan_path)]
SocketPath = Annotated[Path, AfterValidator(_socket)]
Loopback = Annotated[str, AfterValidator(_loopback)]
Host = Annotated[str, AfterValidator(_host)]
DialTemplate = Annotated[str, AfterValidator(_dial)]
Line = Annotated[str, AfterValidator(_printable)]
Address = Annotated[str, AfterValidator(_address)]
Port = Annotated[int, Field(ge=1, le=65535)]
SHORT_NAME = r"^[a-z0-9][a-z0-9-]{0,19}$"
COUNTRY = "^[A-Z]{2}$"
AMI_USER = r"^[A-Za-z0-9_.-]{1,64}$"

ShortName = Annotated[str, Field(pattern=SHORT_NAME)]
Country = Annotated[str, Field(pattern=COUNTRY)]
AmiUser = Annotated[str, Field(pattern=AMI_USER)]
