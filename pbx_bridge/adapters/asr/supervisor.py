"""Keep one recogniser worker alive: load its models, ping it, replace it when it is ill."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from pbx_bridge.adapters.asr.jobs import Jobs
from pbx_bridge.adapters.asr.process import JobReport, WorkerProcess
from pbx_bridge.adapters.asr.protocol import Pong
from pbx_bridge.config import SpeechConfig
from pbx_bridge.errors import ModelError, TranscriberError, WorkerLost

log = structlog.get_logger(__name__)

FolderState = tuple[int, int]
"""Inode and time of change of a model's folder."""

MEGABYTE = 1024 * 1024

FATAL_LOSSES = 3
"""
Workers that may die while they load one model before that model is left alone, and starts that
may fail in a row before nobody waits for the next.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How patient we are with the worker."""

    ping_every_s: float = 1.0
    ping_deadline_s: float = 3.0
    """With the pause before it, a hung worker is noticed within 4 s."""
    start_deadline_s: float = 120.0
    """A model of 2 GB from a cold disk takes about a minute."""
    backoff_s: tuple[float, ...] = (0.0, 0.5, 1.0, 2.0, 5.0, 15.0)
    """Pauses before a restart, longer with each worker that did not live `stable_s`."""
    stable_s: float = 30.0
    stuck_s: float = 5.0
    """How long a job that nobody waits for may go on before its thread counts as stuck."""
    recheck_s: float = 15.0
    """How often a model that was missing or broken is looked for again."""
    growth: float = 1.2
    """
    Above its memory limit the worker is replaced only when it has grown by this factor since its
    models were loaded: a new one would not be smaller when the models themselves are too big.
    """
    intolerable: float = 2.0
    """At this multiple of what is tolerated it is replaced in the middle of calls."""


class Supervisor:
    """The worker's lives, one after another, on one task."""

    def __init__(
        self,
        config: SpeechConfig,
        jobs: Jobs,
        limits: Limits,
        make_worker: Callable[[Callable[[JobReport], None]], WorkerProcess],
    ) -> None:
        self._config, self._jobs, self._limits = config, jobs, limits
        self._make_worker = make_worker
        self.ready = asyncio.Event()
        self.problems: dict[str, str] = {}
        self.worker: WorkerProcess | None = None
        """The worker when it can take jobs."""
        self.memory_bytes = 0
        self.last_loss = ""
        """Why the worker before this one went by itself; empty when none did."""
        self._task: asyncio.Task[None] | None = None
        self._loaded: set[str] = set()
        self._losses: dict[str, int] = {}
        self._refused: dict[str, FolderState] = {}
        self._baseline_bytes = 0
        self._unstuck_at = 0.0
        self._failures = 0
        self._failed_starts = 0
        self._changed = asyncio.Condition()

    @property
    def worker_pid(self) -> int:
        """Process id of the worker; 0 while there is none."""
        return self.worker.pid if self.worker else 0

    def has(self, language: str) -> bool:
        """Whether the worker of now has a model for *language*."""
        return self.worker is not None and language in self._loaded

    async def start(self) -> None:
        """Look for the models and start the supervising task; raises nothing."""
        for language, path in self._config.models.items():
            await self._check(language, path)
        self._task = asyncio.create_task(self._supervise(), name="recogniser")

    async def stop(self) -> None:
        """End task and worker; open jobs are lost."""
        if self._task is None:
            return
        task, self._task = self._task, None
        task.cancel()
        await asyncio.wait([task])
        async with self._changed:
            self._changed.notify_all()

    async def worker_for(self, language: str) -> WorkerProcess:
        """
        Wait until a worker has the model for *language*; as long as it starts, without a limit.

        Raises:
            TranscriberError: it will have none soon; the text has the remedy.
        """
        if language not in self._config.models:
            raise TranscriberError(f"no speech model is configured for language {language!r}")
        if language in self.problems:
            raise TranscriberError(self.problems[language])
        async with self._changed:
            while (worker := self.worker) is None:
                if self._task is None:
                    raise TranscriberError("the recogniser is not running")
                if self._failed_starts >= FATAL_LOSSES:
                    raise TranscriberError(f"the recogniser does not start: {self.last_loss}")
                await self._changed.wait()
        if language not in self._loaded:
            raise TranscriberError(self.problems.get(language, f"no model for {language!r} yet"))
        return worker

    async def _supervise(self) -> None:
        while True:
            began = time.monotonic()
            try:
                reason = await self._one_life()
            except WorkerLost as exc:
                if time.monotonic() - began > self._limits.stable_s:
                    self._failures = 0
                pause_s = self._limits.backoff_s[
                    min(self._failures, len(self._limits.backoff_s) - 1)
                ]
                log.warning("asr.worker_restarted", reason=str(exc), pause_s=pause_s)
                await self._note_loss(str(exc))
                await asyncio.sleep(pause_s)
            except Exception as exc:
                log.exception("asr.supervisor_crashed")
                await self._note_loss(repr(exc))
                await asyncio.sleep(self._limits.backoff_s[-1])
            else:
                log.info("asr.worker_recycled", reason=reason)

    async def _note_loss(self, reason: str) -> None:
        self.last_loss = reason
        self._failures += 1
        self._failed_starts += 1
        async with self._changed:
            self._changed.notify_all()

    async def _one_life(self) -> str:
        """Run one worker; return why we replace it, raise `WorkerLost` when it went by itself."""
        worker = self._make_worker(self._jobs.take)
        reason, is_ill = "the service stops", False
        try:
            await worker.start(self._limits.start_deadline_s)
            for language in self._config.models:
                await self._load(worker, language)
            self._baseline_bytes = (await worker.ping(self._limits.ping_deadline_s)).memory_bytes
            await self._offer(worker)
            reason = await self._watch(worker)
        except WorkerLost as exc:
            reason, is_ill = str(exc), True
            raise
        finally:
            self.worker = None
            self.ready.clear()
            self._loaded.clear()
            self._jobs.lose_all(reason)
            await worker.stop(force=is_ill)
        return reason

    async def _offer(self, worker: WorkerProcess) -> None:
        self.worker, self._unstuck_at = worker, time.monotonic()
        self._failed_starts = 0
        if self._loaded:
            self.ready.set()
        async with self._changed:
            self._changed.notify_all()

    async def _watch(self, worker: WorkerProcess) -> str:
        """Ping until *worker* is gone (`WorkerLost`) or to be replaced; return why."""
        recheck_at = time.monotonic() + self._limits.recheck_s
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(worker.gone(), self._limits.ping_every_s)
                raise WorkerLost(worker.reason)
            pong = await worker.ping(self._limits.ping_deadline_s)
            self.memory_bytes = pong.memory_bytes
            if self.problems and time.monotonic() > recheck_at:
                for language in list(self.problems):
                    await self._load(worker, language)
                await self._offer(worker)
                recheck_at = time.monotonic() + self._limits.recheck_s
            if (illness := self._illness(pong)) and not len(self._jobs):
                return illness
            if self.memory_bytes > self._tolerated_bytes() * self._limits.intolerable:
                raise WorkerLost(f"memory {self.memory_bytes // MEGABYTE} MB in mid-call")

    def _illness(self, pong: Pong) -> str:
        """Return why the worker should be replaced as soon as it has no job; empty when healthy."""
        if len(self._jobs) or not pong.jobs:
            self._unstuck_at = time.monotonic()
        elif time.monotonic() - self._unstuck_at > self._limits.stuck_s:
            return "a job of it does not end"
        if self.memory_bytes > self._tolerated_bytes():
            return f"memory {self.memory_bytes // MEGABYTE} MB"
        return ""

    def _tolerated_bytes(self) -> float:
        limit_bytes = self._config.memory_limit_mb * MEGABYTE
        return max(limit_bytes, self._baseline_bytes * self._limits.growth)

    async def _load(self, worker: WorkerProcess, language: str) -> None:
        """Load one model; what is wrong with it goes to `problems`. Raises `WorkerLost`."""
        path = self._config.models[language]
        state = await self._check(language, path)
        if state is None or self._refused.get(language) == state:
            return
        try:
            load_s = await worker.load(language, path, self._limits.start_deadline_s)
        except ModelError as exc:
            self._refuse(language, state, f"vosk says: {exc}")
        except WorkerLost as exc:
            self._losses[language] = self._losses.get(language, 0) + 1
            if self._losses[language] >= FATAL_LOSSES:
                self._refuse(language, state, f"the recogniser dies of it: {exc}")
            raise
        else:
            self._loaded.add(language)
            self._losses.pop(language, None)
            self.problems.pop(language, None)
            log.info("asr.model_loaded", language=language, load_s=round(load_s, 3))

    async def _check(self, language: str, path: Path) -> FolderState | None:
        """Return the state of the folder *path*; `None` and a problem when there is no model."""
        state = await asyncio.to_thread(folder_state, path)
        if state is None:
            self._complain(language, "not a folder with a model in it")
        return state

    def _refuse(self, language: str, state: FolderState, text: str) -> None:
        """Leave the folder alone until it is another one."""
        self._refused[language] = state
        self._complain(language, text)

    def _complain(self, language: str, text: str) -> None:
        path = self._config.models[language]
        problem = (
            f"no speech model for {language!r} in {path} ({text});"
            f" get one with: pbx-bridge model fetch {language}"
        )
        if self.problems.get(language) != problem:
            log.error("asr.model_unusable", language=language, problem=problem)
        self.problems[language] = problem


def folder_state(path: Path) -> FolderState | None:
    """Return what changes when a model is fetched anew; `None` when *path* cannot be a model."""
    try:
        state = path.stat()
        is_model = (path / "am" / "final.mdl").is_file() or (path / "final.mdl").is_file()
    except OSError:
        return None
    return (state.st_ino, state.st_mtime_ns) if is_model else None
