"""One call, put together from what several witnesses saw."""

from datetime import UTC, datetime

import pytest
from benchmarks.moments import (
    backlog_s,
    between_ms,
    from_carrier,
    from_journal,
    from_log,
    from_pbx,
    known_after_s,
    last_logged,
    logged_at,
    waits_s,
)
from boxes import CarrierEvent

from pbx_bridge.adapters.store.journal import JournalRow, Machine


def seen(at_ms: float, who: str, what: str) -> CarrierEvent:
    """Return something that the carrier saw."""
    return CarrierEvent(at_ms=at_ms, who=who, what=what, number="1", channel_id="c")


def written(seq: int, second: int, machine: Machine, trigger: str) -> JournalRow:
    """Return a journal row."""
    at = datetime.fromtimestamp(second, UTC)
    return JournalRow(
        seq=seq, case_id="1001", at=at, machine=machine, version=1, trigger=trigger, data={}
    )


def test_stretch_of_time_in_milliseconds() -> None:
    """Also a negative one: the mobile may ring before the caller hangs up."""
    moments = {"hung_up": 10.0, "invited": 9.75}

    assert between_ms(moments, "hung_up", "invited") == -250.0
    assert between_ms(moments, "hung_up", "judged") is None


def test_first_event_of_each_kind_counts() -> None:
    """A second mobile's ring is not the first one's; the caller's own INVITE is no ring."""
    events = [
        seen(500, "caller", "invite"),
        seen(1000, "caller", "hungup"),
        seen(1050, "mobile", "invite"),
        seen(9000, "mobile", "invite"),
    ]

    found = from_carrier(events)

    assert found == {"hung_up": 1.0, "invited": 1.05}


def test_journal_rows_become_moments() -> None:
    """Only those that we measure, and the first of each."""
    rows = [
        written(1, 1, Machine.CALL, "CallOpened"),
        written(2, 2, Machine.CALL, "CallerLeft"),
        written(3, 3, Machine.CALL, "Judged"),
        written(4, 4, Machine.CALL, "Judged"),
    ]

    found = from_journal(rows)

    assert found == {"left": 2.0, "judged": 3.0}


def test_log_lines_become_moments() -> None:
    """Lines of other cases and of the time before do not count; a claim names no case."""
    lines: list[dict[str, object]] = [
        {"event": "agi.session_opened", "script": "claim", "timestamp": "1970-01-01T00:00:01Z"},
        {"event": "output", "text": "no time"},
        {"event": "agi.session_opened", "script": "incoming", "timestamp": "1970-01-01T00:00:10Z"},
        {"event": "agi.session_opened", "script": "claim", "timestamp": "1970-01-01T00:00:11Z"},
        {"event": "case.acknowledged", "case_id": "1000", "timestamp": "1970-01-01T00:00:12Z"},
        {"event": "case.acknowledged", "case_id": "1001", "timestamp": "1970-01-01T00:00:13Z"},
    ]

    found = from_log(lines, "1001", since=10.0)

    assert found == {"claimed": 11.0, "committed": 13.0}


def test_line_without_a_time() -> None:
    """What is no line of ours has none."""
    assert logged_at({"event": "output"}) is None


def test_what_reached_our_pbx() -> None:
    """The BYE of this call, the caller's key, the technician's key; the first of each."""
    events = [
        {"Event": "HangupRequest", "Uniqueid": "other", "Timestamp": "1.0"},
        {"Event": "DTMFEnd", "Digit": "#", "Timestamp": "2.0"},
        {"Event": "HangupRequest", "Uniqueid": "1.4", "Timestamp": "3.0"},
        {"Event": "DTMFEnd", "Digit": "1", "Timestamp": "4.0"},
        {"Event": "DTMFEnd", "Digit": "1", "Timestamp": "5.0"},
    ]

    found = from_pbx(events, "1.4", "#")

    assert found == {"key_arrived": 2.0, "bye_arrived": 3.0, "accept_arrived": 4.0}


def test_word_is_known_from_the_first_text_that_has_it() -> None:
    """All words before it must be right too; a word never understood is never known."""
    words = ["ein", "rohr", "geplatzt"]
    sightings = [(1.0, "ein"), (1.5, "ein ohr"), (2.0, "ein rohr"), (2.5, "ein rohr platzt")]

    found = known_after_s(words, [0.5, 1.25, 2.0], sightings)

    assert found == [0.5, 0.75, None]


def test_last_text_that_is_right_settles_nothing_by_itself() -> None:
    """Without any text no word was known."""
    found = known_after_s(["ein"], [0.5], [])

    assert found == [None]


def test_last_line_of_a_case_counts() -> None:
    """A verdict may be given twice: while the caller speaks, and at the end."""
    lines = [
        {"event": "case.classified", "case_id": "1", "timestamp": "1970-01-01T00:00:01Z"},
        {"event": "case.classified", "case_id": "1", "timestamp": "1970-01-01T00:00:02Z"},
        {"event": "case.classified", "case_id": "2", "timestamp": "1970-01-01T00:00:03Z"},
    ]

    assert last_logged(lines, "case.classified", "1") == 2.0
    assert last_logged(lines, "case.acknowledged", "1") is None


def test_backlog_counts_from_when_the_audio_was_there() -> None:
    """Words in the second piece: the first one had been there longer, and says nothing."""
    written = [(10.0, 0.3), (10.3, 0.6)]

    assert backlog_s(10.5, 0.4, written) == pytest.approx(0.2)
    assert backlog_s(10.5, 0.9, written) is None


def test_word_waits_from_when_its_piece_was_there() -> None:
    """It was there at the first growth after its end; one that nobody knew has not waited."""
    waits = waits_s([1.0, 1.1, 1.2], [0.5, None, 0.6], [0.9, 1.2, 1.5])

    assert waits == [pytest.approx(0.3), None, pytest.approx(0.6)]


def test_word_that_never_was_there_has_not_waited() -> None:
    """The call was over before the copy grew again."""
    assert waits_s([1.0], [0.5], [0.9]) == [None]
