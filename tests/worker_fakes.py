"""A recogniser worker without a process, and a plan of how it behaves."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from pbx_bridge.adapters.asr.jobs import Jobs
from pbx_bridge.adapters.asr.process import JobReport
from pbx_bridge.adapters.asr.protocol import Order, Pong
from pbx_bridge.adapters.asr.supervisor import Limits, Supervisor
from pbx_bridge.config import SpeechConfig
from pbx_bridge.errors import ModelError, WorkerLost

MEGABYTE = 1024 * 1024

LIMIT_S = 5

FAST = Limits(ping_every_s=0.001, backoff_s=(0.0,), recheck_s=0.0, stuck_s=0.0)


class FakeWorker:
    """A worker without a process: does what the test's `Plan` says."""

    def __init__(self, plan: "Plan", on_report: Callable[[JobReport], None]) -> None:
        self.plan, self.pid, self.reason = plan, len(plan.lives) + 1, ""
        self.on_report = on_report
        self.orders: list[Order] = []
        self.loaded: list[str] = []
        self.stopped: list[bool] = []
        self._gone = asyncio.Event()
        plan.lives.append(self)

    async def start(self, deadline_s: float) -> None:
        if self.plan.start_fails:
            raise WorkerLost("cannot start")

    def send(self, order: Order) -> None:
        self.orders.append(order)
        self.plan.answer(self, order)

    async def load(self, language: str, path: Path, deadline_s: float) -> float:
        if language in self.plan.refused:
            raise ModelError("Failed to create a model")
        if language in self.plan.deadly:
            raise WorkerLost("killed by signal 11")
        self.loaded.append(language)
        return 0.1

    async def ping(self, deadline_s: float) -> Pong:
        self.plan.pings += 1
        if self.plan.deaf:
            raise WorkerLost("no answer")
        memory_bytes = self.plan.memory_mb.pop(0) if self.plan.memory_mb else 50
        return Pong(number=1, memory_bytes=memory_bytes * MEGABYTE, jobs=self.plan.running)

    async def gone(self) -> None:
        await self._gone.wait()

    async def stop(self, *, force: bool = False) -> None:
        self.stopped.append(force)

    def die(self, reason: str) -> None:
        self.reason = reason
        self._gone.set()


class Plan:
    """How the fakes of one test behave, and all that lived."""

    def __init__(self, tmp_path: Path) -> None:
        self.lives: list[FakeWorker] = []
        self.start_fails = self.deaf = False
        self.refused: set[str] = set()
        self.deadly: set[str] = set()
        self.memory_mb: list[int] = []
        self.running = self.pings = 0
        self.answer: Callable[[FakeWorker, Order], None] = lambda _worker, _order: None
        self.jobs = Jobs()
        self.folder = tmp_path
        for language in ("de", "pl"):
            self.put_model(language)

    def put_model(self, language: str) -> None:
        (self.folder / language / "am").mkdir(parents=True)
        (self.folder / language / "am" / "final.mdl").write_bytes(b"x")

    def make(self, on_report: Callable[[JobReport], None]) -> FakeWorker:
        return FakeWorker(self, on_report)

    def config(self, *, live_slots: int = 2, deadline_s: float = 5.0) -> SpeechConfig:
        models = {language: self.folder / language for language in ("de", "pl")}
        return SpeechConfig(
            models=models, memory_limit_mb=100, live_slots=live_slots, deadline_s=deadline_s
        )

    def supervisor(self) -> Supervisor:
        return Supervisor(self.config(), self.jobs, FAST, self.make)  # type: ignore[arg-type]


async def until(condition: Callable[[], object]) -> None:
    """Let the loop run until *condition* holds."""
    async with asyncio.timeout(LIMIT_S):
        while not condition():  # noqa: ASYNC110 (the loop's own turns are what we wait for)
            await asyncio.sleep(0)
