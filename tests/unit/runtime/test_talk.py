"""What a technician hears of a message that the caller is still leaving."""

from dataclasses import replace

import pytest
from examples import opened_call
from lines import FakeLine

from pbx_bridge.core.ack_flow import RECORDING, REST, Ask
from pbx_bridge.core.case import MessageEnd
from pbx_bridge.errors import AudioError
from pbx_bridge.runtime.talk import Talk, is_whole

GROWING = opened_call().state
WHOLE = replace(GROWING, message=MessageEnd.SILENCE, message_s=9.0)


@pytest.fixture
def line() -> FakeLine:
    """Five seconds are there already."""
    line = FakeLine()
    line.recordings.lengths_s[GROWING.recording] = 5.0
    return line


def talk(line: FakeLine) -> Talk:
    return Talk(line, GROWING, line.recordings, lambda name, language: f"{language}/{name}")


async def test_he_hears_what_is_there_and_then_the_rest(line: FakeLine) -> None:
    """Nothing twice, nothing left out."""
    one = talk(line)

    await one.ask(Ask((RECORDING,), answer_s=0))
    line.recordings.lengths_s[GROWING.recording] = 9.0
    one.call = WHOLE
    await one.ask(Ask((REST,), answer_s=0))

    assert line.recordings.excerpts == [(0.0, 5.0), (5.0, 9.0)]
    assert line.recordings.dropped == ["/live/part-from-0", "/live/part-from-5"]


async def test_who_cut_it_short_hears_all_of_it_afterwards(line: FakeLine) -> None:
    """A key stopped it at a place that nobody knows."""
    one = talk(line)
    line.keys = {"part-from-0": "1"}

    digit = await one.ask(Ask((RECORDING,)))
    one.call = WHOLE
    await one.play(REST)

    assert digit == "1"
    assert line.played[-1] == "1768000000.1"


async def test_nothing_new_is_no_sound(line: FakeLine) -> None:
    """The caller only breathed since."""
    one = talk(line)
    await one.play(RECORDING)
    one.call = WHOLE

    assert await one.play(REST) is None
    assert line.played == ["part-from-0"]


async def test_part_that_cannot_be_written_costs_a_sentence(line: FakeLine) -> None:
    """The memory for it is full: he still hears the number and may accept."""

    def full(recording: str, from_s: float) -> None:
        raise AudioError("no space left")

    line.recordings.excerpt = full

    assert await talk(line).play(RECORDING) is None
    assert line.played == []


async def test_facts_tell_whether_the_caller_still_speaks(line: FakeLine) -> None:
    """They are asked for anew before each sentence."""
    one = talk(line)
    before = await one.facts()
    one.call = WHOLE

    assert (before.has_message, before.is_whole) == (True, False)
    assert (await one.facts()).is_whole


def test_only_a_call_with_a_message_is_whole() -> None:
    """An escalation of the same case says nothing about it."""
    assert is_whole(WHOLE)
    assert not is_whole(GROWING)
    assert not is_whole(None)
