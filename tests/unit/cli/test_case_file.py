"""The page of one case."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from examples import NOW, opened_call, opened_escalation

from pbx_bridge.adapters.store.journal import JournalRow, Machine
from pbx_bridge.adapters.store.notices import Told
from pbx_bridge.adapters.store.outbox import Parked
from pbx_bridge.adapters.store.reading import CaseFile
from pbx_bridge.cli.case_file import field, page, timeline
from pbx_bridge.core import escalation
from pbx_bridge.core.call_flow import UNHEARD, Call, CallPhase
from pbx_bridge.core.case import (
    UNKNOWN_WORD,
    Caller,
    MessageEnd,
    Reason,
    RingOutcome,
    Transcript,
    Urgency,
    Verdict,
    Word,
)
from pbx_bridge.core.case_life import CaseLife, Note
from pbx_bridge.core.escalation_events import RingEnded

BERLIN = ZoneInfo("Europe/Berlin")


def words(text: str) -> Transcript:
    """Return a transcript of *text*."""
    said = (Word(text=word, start_s=0, end_s=1, confidence=1) for word in text.split())
    return Transcript(words=tuple(said), language="de", engine="vosk/tiny")


def happened(trigger: str, seconds: float, **data: object) -> JournalRow:
    """Return a journal row."""
    return JournalRow(
        seq=1,
        case_id="1001",
        at=NOW + timedelta(seconds=seconds),
        machine=Machine.ESCALATION,
        version=1,
        trigger=trigger,
        data=data,
    )


def whole() -> CaseFile:
    """Return a case that Ben took after Anna had been busy."""
    burst = Reason(rule="de.water.burst", text="Rohrbruch", words="rohr geplatzt", weight=5)
    call: Call = replace(
        opened_call().state,
        phase=CallPhase.DECIDED,
        message=MessageEnd.DIGIT,
        message_s=12.5,
        transcript=words(f"ein rohr ist {UNKNOWN_WORD} geplatzt"),
        verdict=Verdict(urgency=Urgency.EMERGENCY, category="water", reasons=(burst,)),
    )
    state = opened_escalation().state
    for attempt, outcome in ((1, RingOutcome.BUSY), (2, RingOutcome.ACKNOWLEDGED)):
        state = escalation.advance(NOW, state, RingEnded(attempt, outcome)).state
    journal = (happened("RingPlaced", 1.25, attempt=1), happened("RingAnswered", 9, attempt=2))
    parked = Parked(seq=1, case_id="1001", effect="Fallback", error="mail refused", failures=12)
    return CaseFile(call=call, escalation=state, journal=journal, parked=(parked,))


def test_page_has_everything_the_office_asks_for() -> None:
    """Numbers whole, times of the firm, rules with the words that made them speak."""
    lines = list(page(whole(), BERLIN, 100))

    assert lines == [
        "case         1001",
        "caller       +4930123456",
        "arrived      Fri 2026-01-09 23:00:00.0 (Europe/Berlin)",
        "call         decided",
        "message      12.5 s; the caller ended the message with a key",
        "recording    /var/spool/1768000000.1.wav",
        "urgency      emergency (water)",
        '             de.water.burst: Rohrbruch (heard: "rohr geplatzt")',
        "transcript   ein rohr ist geplatzt",
        "             (1 more word(s) were not understood)",
        "escalation   acknowledged",
        "owner        ben",
        "rings        1. 23:00:01.2 anna +49170111: busy",
        "             2. not placed ben +49170222: acknowledged",
        "not done     Fallback, given up after 12 failure(s): mail refused",
        "",
        "Fri 2026-01-09 (Europe/Berlin)",
        "  23:00:01.2 ring 1: anna is rung",
        "  23:00:09.0 ring 2: ben picks up (somebody, or a mailbox)",
    ]


def test_page_of_a_case_that_has_just_begun_has_no_gaps() -> None:
    """What is not there yet is said, not left out."""
    call = replace(opened_call().state, caller=Caller(None))

    lines = list(page(CaseFile(call=call, escalation=None, journal=(), parked=()), BERLIN, 100))

    assert "caller       number withheld" in lines
    assert "urgency      no verdict yet" in lines
    assert "transcript   none yet" in lines


def test_spoken_note_names_its_file() -> None:
    """Its words come later, and somebody can listen to it before."""
    note = Note(at=NOW, by="anna", text="", recording="/spool/1.note-1")
    call = replace(opened_call().state, life=CaseLife(notes=(note,)))

    lines = list(page(CaseFile(call=call, escalation=None, journal=(), parked=()), BERLIN, 120))

    assert (
        "notes        anna, Fri 2026-01-09 23:00:00.0: (no words yet) [spoken: /spool/1.note-1.wav]"
    ) in lines


def test_verdict_without_a_rule_says_so() -> None:
    """It is not the same as a verdict that nobody gave."""
    routine = replace(opened_call().state, verdict=Verdict(urgency=Urgency.ROUTINE))
    unheard = replace(opened_call().state, verdict=UNHEARD, transcript=Transcript())

    pages = [
        list(page(CaseFile(call=call, escalation=None, journal=(), parked=()), BERLIN, 100))
        for call in (routine, unheard)
    ]

    assert ["             no rule spoke" in lines for lines in pages] == [True, False]
    assert "urgency      unknown (other), handled as urgent" in pages[1]
    assert "transcript   nothing was understood" in pages[1]


def test_ring_under_way_has_no_outcome_yet() -> None:
    """Nobody owns the case while a mobile rings."""
    state = opened_escalation().state

    lines = list(page(CaseFile(call=None, escalation=state, journal=(), parked=()), BERLIN, 100))

    assert "owner        nobody" in lines
    assert "rings        1. not placed anna +49170111: under way" in lines


def test_rings_of_the_fallback_are_not_denied() -> None:
    """Mobiles rang; only we do not know which and when."""
    state = replace(opened_escalation().state, attempts=())
    rows = (happened("DialplanEnded", 0, technician="ben"),)

    case = CaseFile(call=None, escalation=state, journal=rows, parked=())
    quiet = replace(case, journal=())

    lines = list(page(case, BERLIN, 100))
    rang = "not known: Asterisk's own fallback rang, without the service"
    assert f"rings        {rang}" in lines
    assert "rings        none" in list(page(quiet, BERLIN, 100))


def test_new_day_is_announced_where_it_begins() -> None:
    """23:59 and 00:01 would else look like a case that ran backwards."""
    rows = [happened("EscalationTimer", 0), happened("EscalationTimer", 3600)]

    lines = list(timeline(rows, {}, BERLIN, 100))

    assert lines[0] == "Fri 2026-01-09 (Europe/Berlin)"
    assert lines[2] == "Sat 2026-01-10 (Europe/Berlin)"


def test_words_that_came_twice_are_told_once() -> None:
    """The recogniser often settles on what it had said before."""
    rows = [happened("Heard", second, text=text) for second, text in enumerate(("a", "a", "a b"))]

    lines = list(timeline(rows, {}, BERLIN, 100))

    assert lines[1:] == ["  23:00:00.0 heard so far: a", "  23:00:02.0 heard: b"]


def test_long_text_is_wrapped_beside_its_label() -> None:
    """A narrow terminal gets more lines, never wider ones; a path is not broken."""
    assert list(field("transcript", ["one two three four five"], 33)) == [
        "transcript   one two three four",
        "             five",
    ]
    assert list(field("recording", ["/var/spool/a-very-long/path.wav"], 10)) == [
        "recording    /var/spool/a-very-long/path.wav"
    ]


def test_note_cannot_forge_the_page() -> None:
    """It is shown as what it is: signs."""
    note = Note(at=NOW, by="anna", text="\x1b[2Jowner  eva\u202e")
    call = replace(opened_call().state, life=CaseLife(notes=(note,)))
    case = CaseFile(call=call, escalation=None, journal=(), parked=())

    shown = "\n".join(page(case, BERLIN, 80))

    assert "�[2Jowner  eva�" in shown
    assert "\x1b" not in shown


def test_who_was_told_is_shown_and_who_was_not() -> None:
    """In the morning the office must see that its mail never came."""
    asked = {"queued_at": NOW, "error": "connection refused"}
    notices = (
        Told(addressee="mail", topic="exhausted", status="given-up", ended_at=NOW, **asked),
        Told(addressee="webhook/crm", topic="exhausted", status="sent", ended_at=NOW, **asked),
        Told(addressee="apprise/ntfy-1", topic="accepted", status="open", ended_at=None, **asked),
    )
    file = CaseFile(call=None, escalation=None, journal=(), parked=(), told=notices)

    text = "\n".join(page(file, BERLIN, 100))

    assert "mail: exhausted, GIVEN UP: connection refused" in text
    assert "webhook/crm: exhausted\n" in text
    assert "apprise/ntfy-1: accepted, not yet: connection refused" in text
