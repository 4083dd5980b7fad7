"""One case as a page to read: who called, what was said, who was rung, what happened when."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from textwrap import wrap
from zoneinfo import ZoneInfo

from pbx_bridge.adapters.recordings import ENDING
from pbx_bridge.adapters.store.journal import JournalRow
from pbx_bridge.adapters.store.notices import Told
from pbx_bridge.adapters.store.outbox import Parked
from pbx_bridge.adapters.store.reading import CaseFile
from pbx_bridge.cli.screen import plain
from pbx_bridge.cli.timeline import ENDS, Names, Timeline, clock, day, judgement
from pbx_bridge.core.call_events import DialplanEnded, DialplanHas
from pbx_bridge.core.call_flow import UNHEARD, Call
from pbx_bridge.core.case_life import CaseLife, Note
from pbx_bridge.core.escalation_events import TakenElsewhere
from pbx_bridge.core.escalation_state import Escalation

LABEL = 12
"""Columns before the first word of a field."""

NARROWEST = 20
"""Columns that a text gets however narrow the terminal is."""


_FALLBACK_RANG = (DialplanHas.__name__, DialplanEnded.__name__, TakenElsewhere.__name__)
"""Rows of a case for which mobiles may have rung that we know nothing of."""


def names_of(escalation: Escalation | None) -> Names:
    """Return the technician of each attempt."""
    attempts = escalation.attempts if escalation else ()
    return {attempt.attempt: attempt.technician for attempt in attempts}


def page(file: CaseFile, zone: ZoneInfo, width: int) -> Iterator[str]:
    """
    Yield the lines of a case, none longer than *width* if its words allow it.

    Args:
        file: the whole case; caller's number and technicians' numbers are shown whole.
        zone: the firm's, for every time.
        width: columns.
    """
    if file.call is not None:
        yield from _call(file.call, zone, width)
        yield from _life(file.call.life, zone, width)
    if file.escalation is not None:
        yield from _escalation(file.escalation, file.journal, zone, width)
    yield from _parked(file.parked, width)
    yield from _told(file.told, zone, width)
    yield ""
    yield from timeline(file.journal, names_of(file.escalation), zone, width)


def timeline(
    rows: Iterable[JournalRow], technicians: Names, zone: ZoneInfo, width: int
) -> Iterator[str]:
    """
    Yield one sentence with its time for each row, and the date where a new day begins.

    Rows that say nothing new are left out.
    """
    today, told = "", Timeline()
    for row in rows:
        said = told.sentence(row, technicians)
        if said is None:
            continue
        if day(row.at, zone) != today:
            today = day(row.at, zone)
            yield f"{today} ({zone.key})"
        yield from field(f"  {clock(row.at, zone)}", [said], width)


def field(label: str, texts: Iterable[str], width: int) -> Iterator[str]:
    """Yield *texts* beside their *label*, wrapped into the columns right of it."""
    room = max(NARROWEST, width - LABEL - 1)
    lines = [
        line
        for text in texts
        for line in wrap(plain(text), room, break_long_words=False, break_on_hyphens=False) or [""]
    ]
    for line in lines:
        yield f"{label:<{LABEL}} {line}".rstrip()
        label = ""


def _call(call: Call, zone: ZoneInfo, width: int) -> Iterator[str]:
    arrived = f"{day(call.arrived_at, zone)} {clock(call.arrived_at, zone)} ({zone.key})"
    end = f"; {ENDS[call.message]}" if call.message else ""
    yield from field("case", [call.case_id], width)
    yield from field("caller", [call.caller.number or "number withheld"], width)
    yield from field("arrived", [arrived], width)
    yield from field("call", [call.phase.value], width)
    yield from field("message", [f"{call.message_s:.1f} s{end}"], width)
    yield from field("recording", [f"{call.recording}{ENDING}"], width)
    yield from field("urgency", _urgency(call), width)
    yield from field("transcript", _transcript(call), width)


def _urgency(call: Call) -> Iterator[str]:
    if call.verdict is None:
        yield "no verdict yet"
        return
    yield judgement(call.verdict)
    for reason in call.verdict.reasons:
        heard = f' (heard: "{reason.words}")' if reason.words else ""
        yield f"{reason.rule}: {reason.text}{heard}"
    if not call.verdict.reasons and call.verdict != UNHEARD:
        yield "no rule spoke"


def _transcript(call: Call) -> Iterator[str]:
    transcript = call.transcript
    if transcript is None:
        yield "none yet"
        return
    yield transcript.text or "nothing was understood"
    if transcript.unknown_words:
        yield f"({transcript.unknown_words} more word(s) were not understood)"


def _life(life: CaseLife, zone: ZoneInfo, width: int) -> Iterator[str]:
    if life.outcome is not None and life.done_at is not None:
        at = f"{day(life.done_at, zone)} {clock(life.done_at, zone)}"
        yield from field("outcome", [f"{life.outcome.value} (by {life.by}, {at})"], width)
    if life.notes:
        yield from field("notes", [_note(each, zone) for each in life.notes], width)


def _note(note: Note, zone: ZoneInfo) -> str:
    at = f"{day(note.at, zone)} {clock(note.at, zone)}"
    spoken = f" [spoken: {note.recording}{ENDING}]" if note.recording else ""
    return f"{note.by}, {at}: {note.text or '(no words yet)'}{spoken}"


def _escalation(
    state: Escalation, rows: Iterable[JournalRow], zone: ZoneInfo, width: int
) -> Iterator[str]:
    numbers = {person.name: person.number for person in state.policy.people()}
    placed: dict[int, datetime] = {}
    none = "none"
    for row in rows:
        if row.trigger in _FALLBACK_RANG:
            none = "not known: Asterisk's own fallback rang, without the service"
        if row.trigger == "RingPlaced":
            placed.setdefault(int(str(row.data.get("attempt", 0))), row.at)
    yield from field("escalation", [state.phase.value], width)
    yield from field("owner", [state.owner or "nobody"], width)
    rings = []
    for each in state.attempts:
        at = clock(placed[each.attempt], zone) if each.attempt in placed else "not placed"
        outcome = each.outcome.value if each.outcome else "under way"
        number = numbers.get(each.technician, "")
        rings.append(f"{each.attempt}. {at} {each.technician} {number}: {outcome}")
    yield from field("rings", rings or [none], width)


def _parked(effects: Iterable[Parked], width: int) -> Iterator[str]:
    lines = [
        f"{each.effect}, given up after {each.failures} failure(s): {each.error}"
        for each in effects
    ]
    if lines:
        yield from field("not done", lines, width)


def _told(notices: Iterable[Told], zone: ZoneInfo, width: int) -> Iterator[str]:
    """Yield who was told of what; one that was not says why."""
    lines = []
    for each in notices:
        at, reason = clock(each.ended_at or each.queued_at, zone), each.error or ""
        how = {"sent": "", "open": ", not yet", "given-up": ", GIVEN UP"}[each.status]
        why = f": {reason}" if reason and each.status != "sent" else ""
        lines.append(f"{at} {each.addressee}: {each.topic}{how}{why}")
    if lines:
        yield from field("told", lines, width)
