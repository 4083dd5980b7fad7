"""One worker process: what it says, how it ends; small Python programs play the worker."""

import os
import sys

import pytest

from pbx_bridge.adapters.asr.process import COMMAND, JobReport, WorkerProcess
from pbx_bridge.adapters.asr.protocol import VERSION, Failed, Transcribe
from pbx_bridge.errors import WorkerLost

pytestmark = pytest.mark.integration

HELLO = f'print(\'{{"type":"Hello","version":{VERSION},"pid":1}}\', flush=True)\n'

DEADLINE_S = 10


def worker(program: str, reports: list[JobReport] | None = None) -> WorkerProcess:
    """Return a worker process that runs *program*."""
    on_report = reports.append if reports is not None else lambda _: None
    return WorkerProcess(on_report, command=(sys.executable, "-c", program))


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("raise SystemExit(3)", "exit status 3"),
        ("import sys; sys.exit('no vosk here')", "no vosk here"),
        ("import os; os.kill(os.getpid(), 9)", "signal 9"),
        ("print('hello', flush=True); input()", "not a message"),
        ("print('x' * 17_000_000, flush=True); input()", "limit"),
        (HELLO.replace(f'version":{VERSION}', 'version":0') + "input()", "another release"),
    ],
)
async def test_bad_start_is_one_reason(program: str, reason: str) -> None:
    """Died, killed, printed nonsense, is of another release: nothing hangs, nothing is left."""
    process = worker(program)

    with pytest.raises(WorkerLost, match=reason):
        await process.start(DEADLINE_S)
    await process.stop(force=True)

    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)


async def test_silent_worker_is_not_waited_for() -> None:
    """The deadline is the caller's."""
    process = worker("input()")

    with pytest.raises(WorkerLost, match=r"no answer to 'hello' in 0\.05 s"):
        await process.start(0.05)
    await process.stop(force=True)


async def test_missing_program_is_our_error() -> None:
    """For example a Python that was upgraded away under the service."""
    process = WorkerProcess(lambda _: None, command=("/nonexistent/python",))

    with pytest.raises(WorkerLost, match="cannot start /nonexistent/python"):
        await process.start(DEADLINE_S)
    await process.stop()


async def test_death_ends_every_wait() -> None:
    """Also one that begins after it; the last words on stderr are part of the reason."""
    process = worker(HELLO + "import sys; input(); sys.exit('out of memory')")
    await process.start(DEADLINE_S)

    with pytest.raises(WorkerLost, match=r"exit status 1 \| out of memory"):
        await process.ping(DEADLINE_S)
    with pytest.raises(WorkerLost, match="out of memory"):
        await process.ping(DEADLINE_S)
    await process.gone()
    await process.stop()

    assert "out of memory" in process.reason


async def test_orders_to_a_dead_worker_are_lost_quietly() -> None:
    """The one who waits for the job learns it from the supervisor."""
    process = worker(HELLO)
    await process.start(DEADLINE_S)
    await process.gone()

    process.send(Transcribe(1, "/a.wav", "de"))

    await process.stop()


async def test_stubborn_worker_is_ended() -> None:
    """It ignores the closed stdin and SIGTERM: SIGKILL."""
    process = worker(
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        + HELLO
        + "time.sleep(60)"
    )
    await process.start(DEADLINE_S)

    await process.stop()

    assert "signal 9" in process.reason


async def test_what_a_library_prints_is_no_message() -> None:
    """Native code writes to file descriptor 1: it must not get between our lines."""
    process = worker(
        "import os, pbx_bridge.adapters.asr.worker as worker\n"
        "worker.vosk.SetLogLevel = lambda level: os.write(1, b'noise from a library\\n')\n"
        "worker.main()"
    )

    await process.start(DEADLINE_S)
    pong = await process.ping(DEADLINE_S)
    await process.stop()

    assert pong.jobs == 0


async def test_real_worker_answers_and_ends_with_its_stdin() -> None:
    """Ping and a job in a language without a model; then the daemon is gone, and so is it."""
    reports: list[JobReport] = []
    process = WorkerProcess(reports.append)
    await process.start(DEADLINE_S)

    process.send(Transcribe(1, "/nonexistent.wav", "xx"))
    pong = await process.ping(DEADLINE_S)
    while not reports:
        await process.ping(DEADLINE_S)
    await process.stop()

    assert pong.memory_bytes > 10_000_000
    assert isinstance(reports[0], Failed)
    assert process.reason.startswith("exit status 0")
    assert COMMAND[0] == sys.executable
