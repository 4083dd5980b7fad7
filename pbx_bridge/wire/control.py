"""Commands to the running service: one line of JSON there, one line back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import (
    PydanticSerializationError,
    from_json,
    to_json,
    to_jsonable_python,
)

from pbx_bridge.core.calendar import Shift
from pbx_bridge.core.case_life import MAX_NOTE, CaseOutcome
from pbx_bridge.core.override import KINDS, Override
from pbx_bridge.errors import ControlProtocolError

T = TypeVar("T")

MAX_LINE = 1 << 20
"""Bytes of a request or an answer; an import of some thousand shifts fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody wants of the service."""

    verb: str
    """Like ``override.add``."""
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of it."""

    result: Any = None
    """JSON values; only without `error`."""
    error: str | None = None
    """Why it was refused, for the person who asked; `None`: it was done."""
    code: str = ""
    """Of the error, see `errors`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOverride:
    """Arguments of ``override.add``."""

    kind: str
    """Name of the override's class."""
    override: Mapping[str, Any]
    """Its fields as JSON has them."""
    made_by: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveOverride:
    """Arguments of ``override.remove``."""

    override_id: int
    made_by: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportShifts:
    """Arguments of ``shifts.import``."""

    layer: str
    source: str
    """Name of the file."""
    shifts: Sequence[Shift]
    made_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveOutcome:
    """Arguments of ``case.done``."""

    case_id: str
    outcome: CaseOutcome
    by: str
    note: Annotated[str, Field(max_length=MAX_NOTE)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote:
    """Arguments of ``case.note``."""

    case_id: str
    text: Annotated[str, Field(max_length=MAX_NOTE)]
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeCase:
    """Arguments of ``case.take``."""

    case_id: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenCase:
    """Arguments of ``case.reopen``."""

    case_id: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPhone:
    """Arguments of ``phone.check``."""

    technician: str


def line(value: Request | Answer) -> bytes:
    """
    Return *value* as one line.

    Raises:
        ControlProtocolError: it would be longer than `MAX_LINE`, or has a text that is not UTF-8.
    """
    data = _json(value) + b"\n"
    if len(data) > MAX_LINE:
        raise ControlProtocolError(f"{len(data)} bytes are more than one command may have")
    return data


def parse(kind: type[T], data: bytes) -> T:
    """Return the `Request` or `Answer` in *data*; raise `ControlProtocolError` if it is none."""
    try:
        return TypeAdapter(kind).validate_json(data)
    except ValidationError as exc:
        raise ControlProtocolError(f"{_first(exc)} in a line that is no {kind.__name__}") from exc


def arguments(kind: type[T], given: Mapping[str, Any]) -> T:
    """Return the arguments of a verb; raise `ControlProtocolError` when they do not fit."""
    try:
        return TypeAdapter(kind).validate_json(to_json(given))
    except ValidationError as exc:
        raise ControlProtocolError(
            f"{kind.__name__}: {_first(exc)}; are command and service of one release?"
        ) from exc


def as_json(value: object) -> Any:
    """Return *value* as JSON values, for `Request.arguments` or `Answer.result`."""
    return to_jsonable_python(value)


def override_of(command: AddOverride) -> Override:
    """Return the override that a command holds; raise `ControlProtocolError` for another kind."""
    kind = KINDS.get(command.kind)
    if kind is None:
        raise ControlProtocolError(f"{command.kind!r} is no kind of override")
    return arguments(kind, command.override)


def add_override(override: Override, *, made_by: str, reason: str) -> AddOverride:
    """Return the command that makes *override*; raise `ControlProtocolError` as `line` does."""
    fields = from_json(_json(override))
    return AddOverride(
        kind=type(override).__name__, override=fields, made_by=made_by, reason=reason
    )


def _json(value: object) -> bytes:
    try:
        return to_json(value)
    except PydanticSerializationError as exc:  # what is wrong with it may be personal data
        raise ControlProtocolError(
            "a text in the command is not UTF-8; type it anew, or rename the file"
        ) from exc


def _first(exc: ValidationError) -> str:
    first = exc.errors(include_url=False, include_input=False, include_context=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the whole'}: {first['msg']}"
