"""A whole night is logged, and nothing in the log is anybody's private matter."""

import json

from daemon import NUMBERS, PINS, World, policy_of
from night import CALLER, Night
from structlog.testing import capture_logs

from pbx_bridge.adapters.logs import mask
from pbx_bridge.core.case_life import NoteAdded
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.errors import NotifyFailed, TranscriberError

MESSAGE = "rohrbruch bei familie kowalczyk"
TYPED, SPOKEN = "tenant nowakowski rang again", "zweiter stock zimmermann"
RIGHT, WRONG = PINS["anna"], "918273"


async def busy_night() -> None:
    """Let everything happen in which something private is at hand."""
    night = Night(world=World(policy=policy_of("anna", "ben"), topics=frozenset(Topic)))
    await night.begin()
    night.notifier.faults = [NotifyFailed("the server is away"), ZeroDivisionError("a bug")]
    await night.open_case(says=MESSAGE)
    await night.presses("anna", "1")
    night.world.transcriber.says = SPOKEN
    night.world.transcriber.fault = TranscriberError("no model")
    night.daemon.cases.post("1001", NoteAdded("office", TYPED))
    recording = (await night.call()).recording
    night.world.recordings.lengths_s[f"{recording}.note-1"] = 5.0
    await night.daemon.recovery._stray_notes.adopt()
    await night.settle()
    night.world.transcriber.fault = None
    await night.calls_in(NUMBERS["anna"], *WRONG, "#", *RIGHT, "#", "1", "3", "1")
    await night.calls_in(CALLER, "1")
    await night.pass_time(5 * 60)
    notes = [note.text for note in (await night.call()).life.notes]
    assert sorted(notes) == sorted([TYPED, SPOKEN])
    assert night.rang()
    assert night.told()
    await night.end()


async def test_log_of_a_night_holds_no_number_no_word_and_no_pin() -> None:
    """Callers' and technicians' numbers are masked, everything else is never said."""
    with capture_logs() as lines:
        await busy_night()

    events = {line["event"] for line in lines}
    said = "\n".join(json.dumps(mask(None, "", line), default=str) for line in lines)
    assert {"case.classified", "notify.failed", "note.adopted", "call_in.wrong_pin"} <= events
    for number in (CALLER, *NUMBERS.values()):
        assert number not in said
    for text in (MESSAGE, TYPED, SPOKEN):
        assert not [word for word in text.split() if len(word) > 6 and word in said]
    assert "".join(RIGHT) not in said
    assert WRONG not in said
