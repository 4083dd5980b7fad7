"""One life of the recogniser worker: started, spoken to, watched, ended."""

import asyncio
import os
import sys
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from pbx_bridge.adapters.asr.protocol import (
    LINE_LIMIT_BYTES,
    VERSION,
    Failed,
    Heard,
    Hello,
    Load,
    Loaded,
    LoadFailed,
    Order,
    Ping,
    Pong,
    Report,
    Transcribed,
    decode_report,
    encode,
)
from pbx_bridge.errors import ModelError, WireError, WorkerLost

COMMAND = (sys.executable, "-m", "pbx_bridge.adapters.asr.worker")
"""How the worker is started: same interpreter, same release."""

ENVIRONMENT = {"MALLOC_ARENA_MAX": "2", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""One thread per call is our own doing; more heaps and threads only cost memory."""

GOODBYE_S = 1.0
"""How long each step of ending takes at most: stdin closed, SIGTERM, SIGKILL."""

JobReport = Heard | Transcribed | Failed
"""What the worker says about a job."""


class WorkerProcess:
    """
    The worker's process and its two pipes.

    Every wait fails with `WorkerLost` as soon as the process is gone.
    """

    def __init__(
        self, on_report: Callable[[JobReport], None], *, command: Sequence[str] = COMMAND
    ) -> None:
        self._on_report, self._command = on_report, command
        self._process: asyncio.subprocess.Process | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._stderr: deque[str] = deque(maxlen=3)
        self._waiting: dict[str, asyncio.Future[Report]] = {}
        self._gone = asyncio.Event()
        self._reason = ""
        self._pings = 0

    @property
    def pid(self) -> int:
        """Process id; 0 before `start`."""
        return self._process.pid if self._process else 0

    @property
    def reason(self) -> str:
        """Why it is gone; empty while it lives."""
        return self._reason

    async def start(self, deadline_s: float) -> None:
        """
        Start the process and wait until it speaks.

        Raises:
            WorkerLost: it cannot be started, says nothing, or is of another release.
        """
        hello = self._expect("hello")
        pipe = asyncio.subprocess.PIPE
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                limit=LINE_LIMIT_BYTES,
                env=os.environ | ENVIRONMENT,
            )
        except OSError as exc:
            raise WorkerLost(f"cannot start {self._command[0]}: {exc.strerror}") from exc
        self._tasks = [
            asyncio.create_task(self._read_reports(self._process)),
            asyncio.create_task(self._read_stderr(self._process)),
        ]
        said = await self._wait("hello", hello, deadline_s)
        if not isinstance(said, Hello) or said.version != VERSION:
            raise WorkerLost("the worker is of another release; restart the service")

    def send(self, order: Order) -> None:
        """Queue *order*; never blocks. A worker that is gone does not mind."""
        if self._process and self._process.stdin and not self._gone.is_set():
            self._process.stdin.write(encode(order))

    async def load(self, language: str, path: Path, deadline_s: float) -> float:
        """
        Have the model in *path* loaded; return the seconds it took.

        Raises:
            ModelError: vosk cannot use it.
            WorkerLost: the worker died of it, or took longer than *deadline_s*.
        """
        key = f"load {language}"
        answer = self._expect(key)
        self.send(Load(language, str(path)))
        said = await self._wait(key, answer, deadline_s)
        if isinstance(said, Loaded):
            return said.load_s
        raise ModelError(said.text if isinstance(said, LoadFailed) else repr(said))

    async def ping(self, deadline_s: float) -> Pong:
        """Ask for a sign of life; raise `WorkerLost` when none comes within *deadline_s*."""
        self._pings += 1
        key = f"ping {self._pings}"
        answer = self._expect(key)
        self.send(Ping(self._pings))
        said = await self._wait(key, answer, deadline_s)
        if not isinstance(said, Pong):
            raise WorkerLost(f"answered {said!r} to a ping")
        return said

    async def gone(self) -> None:
        """Wait until the process is gone."""
        await self._gone.wait()

    async def stop(self, *, force: bool = False) -> None:
        """
        End the process; with *force* at once, else by force after `GOODBYE_S` each.

        Never hangs and never raises: a process that cannot die is left to the kernel.
        """
        process = self._process
        if process is None:
            return
        if process.stdin:
            process.stdin.close()
        for end in (process.kill,) if force else (None, process.terminate, process.kill):
            if end is not None and process.returncode is None:
                end()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), GOODBYE_S)
                break
        _, unfinished = await asyncio.wait(self._tasks, timeout=GOODBYE_S)
        for task in unfinished:
            task.cancel()
        # A pipe that is not read to its end (a line over the limit, a child of the worker that
        # holds it) stays open; asyncio has no public way to close it.
        process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001
        self._lose("ended by us")

    def _expect(self, key: str) -> asyncio.Future[Report]:
        future: asyncio.Future[Report] = asyncio.get_running_loop().create_future()
        if self._gone.is_set():
            future.set_exception(WorkerLost(self._reason))
        else:
            self._waiting[key] = future
        return future

    async def _wait(self, key: str, answer: asyncio.Future[Report], deadline_s: float) -> Report:
        try:
            async with asyncio.timeout(deadline_s):
                return await answer
        except TimeoutError as exc:
            raise WorkerLost(f"no answer to {key!r} in {deadline_s:g} s") from exc
        finally:
            self._waiting.pop(key, None)

    async def _read_reports(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None  # noqa: S101 (we asked for a pipe)
        reason = ""
        try:
            while line := await process.stdout.readline():
                self._take(decode_report(line))
        except (WireError, ValueError) as exc:  # ValueError: a line over the limit
            reason = str(exc)
            process.kill()
        status = await process.wait()
        self._lose(reason or _ending(status, self._stderr))

    async def _read_stderr(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None  # noqa: S101 (we asked for a pipe)
        while data := await process.stderr.read(4096):
            self._stderr.extend(data.decode(errors="replace").splitlines())

    def _take(self, report: Report) -> None:
        match report:
            case Heard() | Transcribed() | Failed():
                self._on_report(report)
            case Hello():
                self._answer("hello", report)
            case Loaded(language=language) | LoadFailed(language=language):
                self._answer(f"load {language}", report)
            case Pong(number=number):
                self._answer(f"ping {number}", report)

    def _answer(self, key: str, report: Report) -> None:
        future = self._waiting.get(key)
        if future is not None and not future.done():
            future.set_result(report)

    def _lose(self, reason: str) -> None:
        if self._gone.is_set():
            return
        self._reason = reason
        self._gone.set()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(WorkerLost(reason))


def _ending(status: int, stderr: Sequence[str]) -> str:
    how = f"killed by signal {-status}" if status < 0 else f"exit status {status}"
    return " | ".join([how, *stderr])
