"""`VoskTranscriber`: the port `Transcriber` on top of a supervised worker process."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from pbx_bridge.adapters.asr.audio import length_s
from pbx_bridge.adapters.asr.jobs import Job, Jobs
from pbx_bridge.adapters.asr.process import JobReport, WorkerProcess
from pbx_bridge.adapters.asr.protocol import Drop, Finish, Listen, Transcribe
from pbx_bridge.adapters.asr.supervisor import Limits, Supervisor
from pbx_bridge.config import SpeechConfig
from pbx_bridge.core.case import Transcript
from pbx_bridge.errors import AudioError, TranscriberError, WorkerLost

FILE_SLOTS = 2
"""Whole files decoded at once; the rest queue, so that live calls keep a core."""

SLOWEST_FACTOR = 0.5
"""A whole file may take half its length; small models need about a tenth."""


class VoskTranscriber:
    """
    Words from recordings, made by a worker process that may die at any time.

    Without a model, or while the worker is down, `listen` returns `False` and `transcribe` raises:
    the call goes on without a transcript. `problems` says what is wrong with which language.
    """

    def __init__(
        self,
        config: SpeechConfig,
        *,
        limits: Limits = Limits(),  # noqa: B008 (frozen)
        make_worker: Callable[[Callable[[JobReport], None]], WorkerProcess] = WorkerProcess,
    ) -> None:
        self._config, self._limits = config, limits
        self._jobs = Jobs()
        self._live: dict[str, Job] = {}
        self._file_slots = asyncio.Semaphore(FILE_SLOTS)
        self._supervisor = Supervisor(config, self._jobs, limits, make_worker)

    @property
    def ready(self) -> asyncio.Event:
        """Set while a worker has at least one model loaded."""
        return self._supervisor.ready

    @property
    def problems(self) -> dict[str, str]:
        """Why a configured language has no model now, with the remedy; empty when all is well."""
        return self._supervisor.problems

    @property
    def worker_pid(self) -> int:
        """Process id of the worker; 0 while there is none."""
        return self._supervisor.worker_pid

    @property
    def worker_memory_bytes(self) -> int:
        """Resident memory of the worker at the last ping; 0 while unknown."""
        return self._supervisor.memory_bytes

    async def start(self) -> None:
        """Start the worker in the background; `ready` is set when it can hear."""
        await self._supervisor.start()

    async def stop(self) -> None:
        """End the worker, by force when it does not go within 2 s; open jobs are lost."""
        await self._supervisor.stop()

    def listen(
        self, call_id: str, path: Path, *, language: str, heard: Callable[[Transcript], None]
    ) -> bool:
        """
        Follow a growing recording; see `pbx_bridge.ports.Transcriber.listen`.

        Words at the end that may still change carry `jobs.PROVISIONAL_CONFIDENCE` and, instead
        of their own times, the interval in which they all lie.
        """
        worker = self._supervisor.worker
        known = self._live.get(call_id)
        is_followed = known is not None and not known.done.done()
        has_slot = self._jobs.live < self._config.live_slots
        if worker is None or is_followed or not has_slot or not self._supervisor.has(language):
            return False
        job = self._open(language, heard)
        self._live[call_id] = job
        worker.send(Listen(job.number, str(path.absolute()), language))
        return True

    async def finish(self, call_id: str) -> Transcript:
        """
        Return the whole transcript of a call that `listen` follows, and stop following.

        Raises:
            TranscriberError: no such job, lost with its worker (`WorkerLost`), its file was not
                readable, or not done within `SpeechConfig.deadline_s`.
        """
        job = self._live.pop(call_id, None)
        if job is None:
            raise TranscriberError(f"nobody listens to call {call_id}")
        if (worker := self._supervisor.worker) and not job.done.done():
            worker.send(Finish(job.number))
        deadline_s = self._config.deadline_s
        try:
            async with asyncio.timeout(deadline_s):
                return await self._result(job)
        except TimeoutError as exc:
            raise TranscriberError(
                f"call {call_id}: no transcript within {deadline_s:g} s"
            ) from exc
        except AudioError as exc:
            raise TranscriberError(str(exc)) from exc

    async def transcribe(self, path: Path, *, language: str) -> Transcript:
        """
        Transcribe one whole file.

        Takes at most `SpeechConfig.deadline_s` and half the length of the recording, a wait for a
        worker included: what is not there by then counts as not understood. The time until it
        is its turn comes on top, and is bounded by the same for each recording before it; nobody
        is rung later for it, the call does not wait longer than its own limit for a verdict.

        Raises:
            TranscriberError: no model for *language*, the worker failed twice, or too late.
            AudioError: not audio that we can read.
        """
        path, audio_s = await asyncio.to_thread(lambda: (path.absolute(), length_s(path)))
        deadline_s = self._config.deadline_s + audio_s * SLOWEST_FACTOR
        try:
            async with self._file_slots, asyncio.timeout(deadline_s):
                try:
                    return await self._transcribe_once(path, language)
                except WorkerLost:
                    return await self._transcribe_once(path, language)
        except TimeoutError as exc:
            raise TranscriberError(f"{path}: no transcript within {deadline_s:.1f} s") from exc

    async def _transcribe_once(self, path: Path, language: str) -> Transcript:
        worker = await self._supervisor.worker_for(language)
        job = self._open(language)
        worker.send(Transcribe(job.number, str(path), language))
        return await self._result(job)

    def _open(self, language: str, heard: Callable[[Transcript], None] | None = None) -> Job:
        engine = f"vosk/{self._config.models[language].name}"
        return self._jobs.open(language=language, engine=engine, heard=heard)

    async def _result(self, job: Job) -> Transcript:
        try:
            return await job.done
        finally:
            if self._jobs.close(job) and (worker := self._supervisor.worker):
                worker.send(Drop(job.number))
