"""Our FastAGI server and panoramisk's, asked by the same peer in the same run."""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.fastagi_server import COMMANDS
from benchmarks.figures import Figure, figure
from benchmarks.report import NotMeasuredError, Section

SCRIPTS = Path(__file__).resolve().parents[1]
SERVERS = ("ours", "panoramisk")
ROUNDS = 4
"""The two take turns, so that a busy moment of the machine hits both."""
ONE_BY_ONE = 150
AT_ONCE = 16
TOGETHER = 480
_LIMIT_S = 60.0
_REPLY = b"200 result=1 (1795322232.4)\n"
_HEAD = b"".join(
    b"agi_%s: %s\n" % pair
    for pair in (
        (b"network", b"yes"),
        (b"network_script", b"incoming"),
        (b"request", b"agi://127.0.0.1/incoming"),
        (b"channel", b"PJSIP/trunk-00000000"),
        (b"language", b"en"),
        (b"type", b"PJSIP"),
        (b"uniqueid", b"1795322232.4"),
        (b"version", b"22.10.1"),
        (b"callerid", b"493099887766"),
        (b"calleridname", b"unknown"),
        (b"dnid", b"4930555100"),
        (b"rdnis", b"unknown"),
        (b"context", b"pbxb-incoming"),
        (b"extension", b"s"),
        (b"priority", b"3"),
        (b"enhanced", b"0.0"),
        (b"accountcode", b""),
        (b"threadid", b"140128949520064"),
    )
)


@dataclass(slots=True)
class Timings:
    """What one server took."""

    sessions_ms: list[float] = field(default_factory=list)
    trips_us: list[float] = field(default_factory=list)
    per_s: list[float] = field(default_factory=list)


async def measure() -> Section:
    """Measure both servers by turns."""
    section = Section(name="fastagi", title=f"FastAGI, {COMMANDS} commands in each session")
    timings = {name: Timings() for name in SERVERS}
    async with _server("ours") as ours, _server("panoramisk") as theirs:
        ports = dict(zip(SERVERS, (ours, theirs), strict=True))
        for name in SERVERS:
            await _session(ports[name], Timings())  # both are warm
        for _ in range(ROUNDS):
            for name in SERVERS:
                await _round(ports[name], timings[name])
    for name in SERVERS:
        seen = timings[name]
        section.add(
            figure(f"{name}: one session", "ms", seen.sessions_ms),
            figure(f"{name}: reply to next command", "us", seen.trips_us),
            figure(f"{name}: sessions, {AT_ONCE} at once", "1/s", seen.per_s),
        )
    section.add(*_ratios(timings["ours"], timings["panoramisk"]))
    section.notes += [
        "the peer runs on the same machine and costs as much as the server",
        "panoramisk freezes when a peer connects and closes, so nobody does that here",
    ]
    return section


def _ratios(ours: Timings, theirs: Timings) -> list[Figure | None]:
    def ratio(mine: list[float], other: list[float]) -> float:
        return statistics.median(mine) / statistics.median(other)

    return [
        figure(
            "ours / panoramisk: one session", "x", [ratio(ours.sessions_ms, theirs.sessions_ms)]
        ),
        figure("ours / panoramisk: reply to command", "x", [ratio(ours.trips_us, theirs.trips_us)]),
        figure("ours / panoramisk: sessions at once", "x", [ratio(ours.per_s, theirs.per_s)]),
    ]


async def _round(port: int, timings: Timings) -> None:
    for _ in range(ONE_BY_ONE):
        began = time.perf_counter()
        await _session(port, timings)
        timings.sessions_ms.append(1000 * (time.perf_counter() - began))
    slots = asyncio.Semaphore(AT_ONCE)
    began = time.perf_counter()
    await asyncio.gather(*(_in_turn(port, slots) for _ in range(TOGETHER)))
    timings.per_s.append(TOGETHER / (time.perf_counter() - began))


async def _in_turn(port: int, slots: asyncio.Semaphore) -> None:
    async with slots:
        await _session(port, Timings())


async def _session(port: int, timings: Timings) -> None:
    """Be Asterisk for one call: introduce a channel, answer each command, see the end."""
    async with asyncio.timeout(_LIMIT_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(_HEAD + b"\n")
        replied = None
        while await reader.readline():
            if replied is not None:
                timings.trips_us.append(1e6 * (time.perf_counter() - replied))
            replied = time.perf_counter()
            writer.write(_REPLY)
        writer.close()
        with suppress(ConnectionError):  # the server was faster
            await writer.wait_closed()


@asynccontextmanager
async def _server(which: str) -> AsyncIterator[int]:
    """Run one server; yield its port."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.fastagi_server",
        which,
        cwd=SCRIPTS,
        stdin=pipe,
        stdout=pipe,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_LIMIT_S):
            line = await process.stdout.readline() if process.stdout else b""
        if not line:
            raise NotMeasuredError(f"the FastAGI server {which!r} did not start")
        yield int(line)
    finally:
        if process.stdin:
            process.stdin.close()
        await process.wait()
