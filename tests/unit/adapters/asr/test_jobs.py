"""Jobs of the daemon, fed with the worker's reports."""

import asyncio
import gc

import pytest

from pbx_bridge.adapters.asr.jobs import PROVISIONAL_CONFIDENCE, Jobs
from pbx_bridge.adapters.asr.protocol import Failed, Heard, Transcribed
from pbx_bridge.core.case import Transcript, Word
from pbx_bridge.errors import AudioError, TranscriberError, WorkerLost

HELP = Word(text="hilfe", start_s=0.5, end_s=1.0, confidence=0.9)


async def test_settled_and_provisional_words_are_told_together() -> None:
    """Provisional words lie between the last settled one and where the decoder is."""
    heard: list[Transcript] = []
    jobs = Jobs()
    job = jobs.open(language="de", engine="vosk/x", heard=heard.append)

    jobs.take(Heard(job=job.number, words=(HELP,), partial="", position_s=1.2))
    jobs.take(Heard(job=job.number, words=(), partial="gas geruch", position_s=2.0))
    await asyncio.sleep(0)

    assert [each.text for each in heard] == ["hilfe", "hilfe gas geruch"]
    assert heard[1].engine == "vosk/x"
    assert heard[1].words[2] == Word(
        text="geruch",
        start_s=1.0,
        end_s=2.0,
        confidence=PROVISIONAL_CONFIDENCE,
        is_final=False,
    )


async def test_listener_that_raises_harms_nobody() -> None:
    """`take` runs in the reader of the worker's reports: it must go on."""
    errors: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context))
    jobs = Jobs()
    job = jobs.open(language="de", engine="x", heard=lambda _: 1 / 0)  # type: ignore[arg-type, return-value]

    jobs.take(Heard(job=job.number, words=(HELP,), partial="", position_s=1.2))
    await asyncio.sleep(0)
    jobs.take(Transcribed(job=job.number, words=(HELP,), audio_s=1.2))

    assert (await job.done).words == (HELP,)
    assert len(errors) == 1


async def test_finished_job_is_forgotten() -> None:
    """A report that comes late changes nothing."""
    jobs = Jobs()
    job = jobs.open(language="de", engine="x")

    jobs.take(Transcribed(job=job.number, words=(), audio_s=0.0))
    jobs.take(Failed(job=job.number, is_audio=False, text="late"))

    assert await job.done == Transcript(language="de", engine="x", audio_s=0.0)
    assert len(jobs) == 0
    assert not jobs.close(job)


@pytest.mark.parametrize(("is_audio", "error"), [(True, AudioError), (False, TranscriberError)])
async def test_failure_tells_whose_fault_it_is(is_audio: bool, error: type[Exception]) -> None:
    """A bad file is not tried again, a bad worker is."""
    jobs = Jobs()
    job = jobs.open(language="de", engine="x")

    jobs.take(Failed(job=job.number, is_audio=is_audio, text="reason"))

    with pytest.raises(error, match="reason"):
        await job.done


async def test_lost_worker_fails_every_job() -> None:
    """Nobody waits for a worker that is gone, and no slot stays taken."""
    jobs = Jobs()
    one = jobs.open(language="de", engine="x", heard=lambda _: None)
    two = jobs.open(language="de", engine="x")

    assert jobs.live == 1
    jobs.lose_all("signal 9")

    for job in (one, two):
        with pytest.raises(WorkerLost, match="signal 9"):
            await job.done
    assert jobs.live == 0


async def test_lost_job_that_nobody_finishes_is_quiet() -> None:
    """The caller hung up and nobody asks: no complaint in the service's log."""
    complaints: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    jobs = Jobs()
    jobs.open(language="de", engine="x")

    jobs.lose_all("signal 9")
    gc.collect()
    await asyncio.sleep(0)

    assert complaints == []


async def test_numbers_are_never_used_twice() -> None:
    """The worker may still speak of a job that the daemon has given up."""
    jobs = Jobs()
    first = jobs.open(language="de", engine="x")
    jobs.close(first)

    assert jobs.open(language="de", engine="x").number != first.number
