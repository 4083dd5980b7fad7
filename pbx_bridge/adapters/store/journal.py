"""What happened to a case, row by row, and the state that follows from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic_core import from_json

from pbx_bridge.adapters.store.values import (
    CALL_EVENTS,
    ESCALATION_EVENTS,
    dump,
    load,
    load_named,
    load_time,
)
from pbx_bridge.core import call_flow, escalation
from pbx_bridge.core.call_flow import Call
from pbx_bridge.core.escalation_state import Escalation
from pbx_bridge.errors import StoreError


class Machine(StrEnum):
    """Who wrote a journal row."""

    CALL = "call"
    ESCALATION = "escalation"
    NOTE = "note"
    """No machine: the row is there to be read, for example words heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRow:
    """One thing that happened."""

    seq: int
    """Its place among all rows of all cases; grows, never used twice."""
    case_id: str
    at: datetime
    machine: Machine
    version: int | None
    """Of the machine's state after this row, from 1; `None` for a note."""
    trigger: str
    """Class of the event, ``CallOpened``, ``EscalationOpened``, or the note's kind."""
    data: Mapping[str, object]
    """The event's fields as JSON has them; of an opening: the whole state."""

    @property
    def place(self) -> str:
        """How an error names this row."""
        return f"journal row {self.seq} (case {self.case_id})"


def journal_row(columns: tuple[Any, ...]) -> JournalRow:
    """
    Return the row for *columns*: seq, case_id, at, machine, version, trigger, data.

    Raises:
        StoreError: the time or the data cannot be read.
    """
    seq, case_id, at, machine, version, trigger, data = columns
    place = f"journal row {seq} (case {case_id})"
    try:
        fields = from_json(data)
    except ValueError as exc:
        raise StoreError(f"{place} holds broken JSON ({exc}): was it changed by hand?") from exc
    return JournalRow(
        seq=seq,
        case_id=case_id,
        at=load_time(at, place),
        machine=Machine(machine),
        version=version,
        trigger=trigger,
        data=fields,
    )


def fold_call(rows: Iterable[JournalRow]) -> Call:
    """
    Return the call that follows from one case's journal (law L5: the stored state).

    Raises:
        StoreError: a row is missing or cannot be read.
    """
    opening, *later = _rows_of(Machine.CALL, rows)
    state = load(Call, dump(opening.data), opening.place)
    for row in later:
        event = load_named(CALL_EVENTS, row.trigger, dump(row.data), row.place)
        state = call_flow.advance(row.at, state, event).state
    return state


def fold_escalation(rows: Iterable[JournalRow]) -> Escalation:
    """Return the escalation that follows from one case's journal; see `fold_call`."""
    opening, *later = _rows_of(Machine.ESCALATION, rows)
    state = load(Escalation, dump(opening.data), opening.place)
    for row in later:
        event = load_named(ESCALATION_EVENTS, row.trigger, dump(row.data), row.place)
        state = escalation.advance(row.at, state, event).state
    return state


def _rows_of(machine: Machine, rows: Iterable[JournalRow]) -> list[JournalRow]:
    """Return the rows of *machine*, all of them: opening first, no version left out."""
    found = [row for row in rows if row.machine is machine]
    if not found:
        raise StoreError(f"the journal holds no {machine}: was it opened at all?")
    for version, row in enumerate(found, start=1):
        if row.version != version:
            raise StoreError(
                f"{row.place} is version {row.version} of the {machine} where {version} should "
                "be: rows are missing; was the database changed by hand?"
            )
    return found
