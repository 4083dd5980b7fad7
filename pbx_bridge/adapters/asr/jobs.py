"""What the daemon waits for from the worker: one job for each recording."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import assert_never

from pbx_bridge.adapters.asr.process import JobReport
from pbx_bridge.adapters.asr.protocol import Failed, Heard, Transcribed
from pbx_bridge.core.case import Transcript, Word
from pbx_bridge.errors import AudioError, TranscriberError, WorkerLost

PROVISIONAL_CONFIDENCE = 0.5
"""Of a word that may still change: vosk gives no value before the segment ends."""


@dataclass(slots=True, eq=False, kw_only=True)
class Job:
    """One recording in the worker; `done` is its transcript or why there is none."""

    number: int
    language: str
    engine: str
    heard: Callable[[Transcript], None] | None
    """Whom to tell about a growing transcript; `None` for a whole file."""
    done: asyncio.Future[Transcript]
    words: list[Word] = field(default_factory=list)
    """Settled so far."""

    def transcript(self, words: tuple[Word, ...], audio_s: float) -> Transcript:
        """Return *words*, heard in *audio_s* seconds, as this job's transcript."""
        return Transcript(words=words, language=self.language, engine=self.engine, audio_s=audio_s)


class Jobs:
    """All jobs the worker has now; lives on the event loop."""

    def __init__(self) -> None:
        self._jobs: dict[int, Job] = {}
        self._last = 0

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def live(self) -> int:
        """How many follow a growing recording."""
        return sum(job.heard is not None for job in self._jobs.values())

    def open(
        self, *, language: str, engine: str, heard: Callable[[Transcript], None] | None = None
    ) -> Job:
        """Return a new job; numbers are never used twice, so late reports hit nobody else."""
        self._last += 1
        job = Job(
            number=self._last,
            language=language,
            engine=engine,
            heard=heard,
            done=asyncio.get_running_loop().create_future(),
        )
        self._jobs[job.number] = job
        return job

    def close(self, job: Job) -> bool:
        """Forget *job*; return whether the worker still had it."""
        return self._jobs.pop(job.number, None) is not None

    def lose_all(self, reason: str) -> None:
        """Fail every job: its worker is gone."""
        for job in list(self._jobs.values()):
            self._fail(job, WorkerLost(f"the recogniser was lost with the call: {reason}"))

    def take(self, report: JobReport) -> None:
        """Hand *report* to its job; one for a forgotten job changes nothing."""
        job = self._jobs.get(report.job)
        if job is None:
            return
        match report:
            case Heard():
                self._tell(job, report)
            case Transcribed(words=words, audio_s=audio_s):
                self.close(job)
                if not job.done.done():
                    job.done.set_result(job.transcript(words, audio_s))
            case Failed(is_audio=is_audio, text=text):
                self._fail(job, AudioError(text) if is_audio else TranscriberError(text))
            case _:
                assert_never(report)

    def _tell(self, job: Job, report: Heard) -> None:
        job.words += report.words
        words = (*job.words, *provisional(job.words, report))
        grown = job.transcript(words, report.position_s)
        if job.heard is not None:
            # A call of its own: what it raises must not stop the reading of reports.
            asyncio.get_running_loop().call_soon(job.heard, grown)

    def _fail(self, job: Job, error: AudioError | TranscriberError) -> None:
        self.close(job)
        if not job.done.done():
            job.done.set_exception(error)
            job.done.exception()  # seen: a job that nobody finishes must not warn


def provisional(settled: list[Word], report: Heard) -> list[Word]:
    """
    Return the words of *report* that may still change.

    Vosk gives them no times yet: each carries the interval in which all of them lie, and
    `PROVISIONAL_CONFIDENCE`.
    """
    start_s = settled[-1].end_s if settled else 0.0
    return [
        Word(
            text=text,
            start_s=start_s,
            end_s=report.position_s,
            confidence=PROVISIONAL_CONFIDENCE,
            is_final=False,
        )
        for text in report.partial.split()
    ]
