"""The port's promises, kept with a worker that a test plays."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from worker_fakes import FAST, FakeWorker, Plan, until

from pbx_bridge.adapters.asr.protocol import (
    Drop,
    Failed,
    Finish,
    Listen,
    Order,
    Transcribe,
    Transcribed,
)
from pbx_bridge.adapters.asr.transcriber import FILE_SLOTS, VoskTranscriber
from pbx_bridge.core.case import Word
from pbx_bridge.errors import AudioError, TranscriberError, WorkerLost

HELP = Word(text="hilfe", start_s=0.1, end_s=0.5, confidence=1.0)


def answer_at_once(worker: FakeWorker, order: Order) -> None:
    """Be a worker that hears one word in everything."""
    if isinstance(order, Finish | Transcribe):
        worker.on_report(Transcribed(job=order.job, words=(HELP,), audio_s=1.0))


def die(worker: FakeWorker, order: Order) -> None:
    """Be a worker that dies of every file."""
    if isinstance(order, Transcribe):
        worker.die("killed by signal 11")


def refuse(worker: FakeWorker, order: Order) -> None:
    """Be a worker that cannot read any file."""
    if isinstance(order, Finish | Transcribe):
        worker.on_report(Failed(job=order.job, is_audio=True, text="a.sln: shrank"))


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """Return a plan with a worker that answers at once."""
    plan = Plan(tmp_path)
    plan.answer = answer_at_once
    return plan


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Return a very short recording."""
    path = tmp_path / "a.sln"
    path.write_bytes(bytes(16))
    return path


def make(plan: Plan, *, live_slots: int = 2, deadline_s: float = 5.0) -> VoskTranscriber:
    """Return a transcriber that gets its workers from *plan*."""
    config = plan.config(live_slots=live_slots, deadline_s=deadline_s)
    return VoskTranscriber(config, limits=FAST, make_worker=plan.make)  # type: ignore[arg-type]


@pytest.fixture
async def transcriber(plan: Plan) -> AsyncIterator[VoskTranscriber]:
    """Return a transcriber that is ready, with two live slots."""
    transcriber = make(plan)
    await transcriber.start()
    await transcriber.ready.wait()
    yield transcriber
    await transcriber.stop()


def listen(transcriber: VoskTranscriber, call_id: str, language: str = "de") -> bool:
    """Follow a recording of which nothing needs to be told."""
    return transcriber.listen(call_id, Path("live.sln48"), language=language, heard=lambda _: None)


async def test_slots_are_bounded_and_come_back(transcriber: VoskTranscriber) -> None:
    """The third call is not followed; it is as soon as one of the two has ended."""
    assert [listen(transcriber, call) for call in ("one", "two", "three")] == [True, True, False]

    await transcriber.finish("one")

    assert listen(transcriber, "three")


async def test_call_is_not_followed_twice(plan: Plan, transcriber: VoskTranscriber) -> None:
    """A flow that is resumed asks again: the first job goes on."""
    listen(transcriber, "one")

    assert not listen(transcriber, "one")
    assert sum(isinstance(order, Listen) for order in plan.lives[0].orders) == 1


async def test_lost_call_may_be_followed_again(plan: Plan, transcriber: VoskTranscriber) -> None:
    """Its job died with the worker; the next worker has room."""
    listen(transcriber, "one")
    plan.lives[0].die("killed")
    await until(lambda: len(plan.lives) == 2 and transcriber.ready.is_set())

    assert listen(transcriber, "one")


async def test_nothing_is_followed_without_worker_or_model(plan: Plan) -> None:
    """Before the start, and in a language that is not configured."""
    transcriber = make(plan)
    assert not listen(transcriber, "one")

    await transcriber.start()
    await transcriber.ready.wait()

    assert not listen(transcriber, "one", "xx")
    await transcriber.stop()


async def test_whole_file_outlives_one_worker(
    plan: Plan, transcriber: VoskTranscriber, recording: Path
) -> None:
    """The second try goes to the next worker."""

    def die_once(worker: FakeWorker, order: Order) -> None:
        (die if worker.pid == 1 else answer_at_once)(worker, order)

    plan.answer = die_once

    transcript = await transcriber.transcribe(recording, language="de")

    assert transcript.text == "hilfe"
    assert len(plan.lives) == 2


async def test_second_death_is_the_answer(
    plan: Plan, transcriber: VoskTranscriber, recording: Path
) -> None:
    """A file that kills every worker is not tried for ever."""
    plan.answer = die

    with pytest.raises(WorkerLost, match="signal 11"):
        await transcriber.transcribe(recording, language="de")

    assert sum(isinstance(o, Transcribe) for life in plan.lives for o in life.orders) == 2


async def test_unreadable_file_is_not_tried_twice(
    plan: Plan, transcriber: VoskTranscriber, recording: Path
) -> None:
    """Another worker would say the same."""
    plan.answer = refuse

    with pytest.raises(AudioError, match="shrank"):
        await transcriber.transcribe(recording, language="de")

    assert len(plan.lives) == 1
    assert len(plan.lives[0].orders) == 1


async def test_unreadable_live_copy_is_a_transcriber_error(
    plan: Plan, transcriber: VoskTranscriber
) -> None:
    """The recording itself may be well: `transcribe` is the way out."""
    plan.answer = refuse
    listen(transcriber, "one")

    with pytest.raises(TranscriberError, match="shrank"):
        await transcriber.finish("one")


async def test_late_transcript_is_dropped(plan: Plan, recording: Path) -> None:
    """Nobody waits longer than the deadline, and the worker is told that nobody waits."""
    plan.answer = lambda _worker, _order: None
    transcriber = make(plan, deadline_s=0.01)
    await transcriber.start()
    await transcriber.ready.wait()
    listen(transcriber, "one")

    with pytest.raises(TranscriberError, match=r"call one: no transcript within 0\.01 s"):
        await transcriber.finish("one")
    with pytest.raises(TranscriberError, match=r"a\.sln: no transcript within"):
        await transcriber.transcribe(recording, language="de")

    assert [type(order) for order in plan.lives[0].orders] == [
        Listen,
        Finish,
        Drop,
        Transcribe,
        Drop,
    ]
    assert listen(transcriber, "two")
    await transcriber.stop()


async def test_whole_files_wait_for_their_turn(
    plan: Plan, transcriber: VoskTranscriber, recording: Path
) -> None:
    """Never more than `FILE_SLOTS` at once: live calls keep a core."""
    orders: list[Order] = []
    open_jobs: list[int] = []

    def note(_worker: FakeWorker, order: Order) -> None:
        orders.append(order)
        open_jobs.append(len(transcriber._jobs))

    plan.answer = note
    jobs = [asyncio.create_task(transcriber.transcribe(recording, language="de")) for _ in range(4)]
    for number in range(4):
        await until(lambda number=number: len(orders) >= min(4, number + FILE_SLOTS))
        answer_at_once(plan.lives[0], orders[number])

    assert [(await job).text for job in jobs] == ["hilfe"] * 4
    assert max(open_jobs) == FILE_SLOTS


async def test_waiting_for_a_turn_does_not_count(plan: Plan, recording: Path) -> None:
    """Thirty calls at once: the last of them has its words too, only later."""
    plan.answer = lambda _worker, _order: None
    transcriber = make(plan, deadline_s=0.05)
    await transcriber.start()
    await transcriber.ready.wait()
    stuck = [
        asyncio.create_task(transcriber.transcribe(recording, language="de"))
        for _ in range(FILE_SLOTS)
    ]
    await until(lambda: len(plan.lives[0].orders) == FILE_SLOTS)
    plan.answer = answer_at_once
    late = asyncio.create_task(transcriber.transcribe(recording, language="de"))

    results = await asyncio.gather(*stuck, return_exceptions=True)

    assert [type(each) for each in results] == [TranscriberError] * FILE_SLOTS
    assert (await late).text == "hilfe"
    await transcriber.stop()


async def test_stop_leaves_nobody_waiting(plan: Plan, recording: Path) -> None:
    """The service stops while a file is transcribed and a call is followed."""
    plan.answer = lambda _worker, _order: None
    transcriber = make(plan)
    await transcriber.start()
    await transcriber.ready.wait()
    listen(transcriber, "one")
    whole = asyncio.create_task(transcriber.transcribe(recording, language="de"))
    await until(lambda: len(plan.lives[0].orders) == 2)

    await transcriber.stop()

    with pytest.raises(TranscriberError):
        await transcriber.finish("one")
    with pytest.raises(TranscriberError, match="not running"):
        await whole
