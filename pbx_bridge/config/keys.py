"""Which keys a section has, spelled as in the file."""

from dataclasses import dataclass, fields, is_dataclass
from typing import get_args, get_type_hints

from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of a section."""

    spelled: str
    """As in the file; ``from`` is no name that Python allows."""
    field: str
    """As in the dataclass."""
    section: type | None
    """The dataclass of the table behind it, `None` for a plain value."""


def keys_of(section: type) -> list[Key]:
    """Return the keys of a section in the order of its dataclass."""
    if not is_dataclass(section):
        return []
    hints = get_type_hints(section, include_extras=True)
    return [
        Key(spelled=_alias(hints[f.name]) or f.name, field=f.name, section=_section(hints[f.name]))
        for f in fields(section)
    ]


def _alias(hint: object) -> str | None:
    """Return the spelling that an annotation gives; fields without one are spelled as named."""
    found = (extra.alias for extra in get_args(hint) if isinstance(extra, FieldInfo))
    return next((alias for alias in found if alias), None)


def _section(hint: object) -> type | None:
    if isinstance(hint, type) and is_dataclass(hint):
        return hint
    inner = (_section(part) for part in get_args(hint))
    return next((section for section in inner if section), None)
