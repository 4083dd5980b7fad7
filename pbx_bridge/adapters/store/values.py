"""The core's values as text and back: states, events, effects, times."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, to_json

from pbx_bridge.core.call_events import CallEffect, CallEvent
from pbx_bridge.core.escalation_events import EscalationEffect, EscalationEvent
from pbx_bridge.errors import StoreError

T = TypeVar("T")

CALL_EVENTS: Mapping[str, type[CallEvent]] = {kind.__name__: kind for kind in get_args(CallEvent)}
"""By the name under which they are stored; a new event cannot be forgotten here."""

ESCALATION_EVENTS: Mapping[str, type[EscalationEvent]] = {
    kind.__name__: kind for kind in get_args(EscalationEvent)
}

EFFECTS: Mapping[str, type[CallEffect | EscalationEffect]] = {
    kind.__name__: kind for kind in (*get_args(CallEffect), *get_args(EscalationEffect))
}


def dump(value: object) -> str:
    """
    Return *value* as JSON.

    Raises:
        StoreError: it holds something that JSON cannot carry.
    """
    try:
        return to_json(value, inf_nan_mode="strings").decode()
    except PydanticSerializationError as exc:
        name = type(value).__name__
        raise StoreError(f"{name} cannot be stored ({exc}): please report this") from exc


def load(kind: type[T], data: str, row: str) -> T:
    """
    Return the *kind* that *data* (JSON) holds.

    Args:
        kind: a dataclass of the core.
        data: what `dump` made of it, by this release or an older one.
        row: where it was found, for the error, for example ``journal row 12``.

    Raises:
        StoreError: it is not JSON, or not such a value.
    """
    try:
        return _adapter(kind).validate_json(data)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(map(str, first["loc"])) or "the whole"
        raise StoreError(
            f"{row} is not a readable {kind.__name__} ({field}: {first['msg']}): "
            "was it changed by hand, or written by a newer release?"
        ) from exc


def load_named(kinds: Mapping[str, type[T]], name: str, data: str, row: str) -> T:
    """
    Return the event or effect stored as *name* and *data*; see `load`.

    Raises:
        StoreError: nothing of that name is in *kinds*, or *data* is not readable.
    """
    kind = kinds.get(name)
    if kind is None:
        raise StoreError(
            f"{row} holds {name!r}, which this release does not know: "
            "was it written by a newer release?"
        )
    return load(kind, data, row)


def dump_time(at: datetime) -> str:
    """
    Return *at* as UTC text, always 32 characters, so that text order is time order.

    Raises:
        ValueError: *at* has no zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at} has no zone: use an aware time")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def load_time(text: str, row: str) -> datetime:
    """Return what `dump_time` wrote; raise `StoreError` when *text* is no such time."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as exc:
        raise StoreError(f"{row} holds {text!r}, which is no time: changed by hand?") from exc
    return at.astimezone(UTC)


_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def _adapter(kind: type[T]) -> TypeAdapter[T]:
    """Return the reader of *kind*, built once: that takes milliseconds."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
