"""The composition root: the whole service without Asterisk, on real files and sockets."""

import asyncio
import socket
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
import structlog
from configs import SMALLEST
from fakes import ELEVEN_AT_NIGHT, FakeClock

from pbx_bridge import assemble
from pbx_bridge.config import Config, RotationConfig, parse
from pbx_bridge.core.phone_check import PROMPTS
from pbx_bridge.errors import AgiPortTaken

pytestmark = pytest.mark.integration


def free_port() -> int:
    """Return a port of loopback that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A firm whose Asterisk is away and whose model is not there yet."""
    (tmp_path / "ami.secret").write_text("0123456789abcdef\n")
    text = SMALLEST.replace(
        "[asterisk]",
        f"""[asterisk]
ami_port = {free_port()}
agi_port = {free_port()}
ami_secret_file = "{tmp_path}/ami.secret"
recordings_dir = "{tmp_path}"
prompts_dir = "{tmp_path}"
live_dir = \"\"""",
    )
    extra = f"""
[store]
path = "{tmp_path}/pbx-bridge.db"
[service]
socket = "{tmp_path}/control.sock"
"""
    return parse(text + extra, source="test")


async def test_service_answers_agi_without_asterisk_and_model(config: Config) -> None:
    """Calls are taken as soon as the port is open; AMI and speech come when they come."""
    stop = asyncio.Event()
    with structlog.testing.capture_logs() as logs:
        running = asyncio.create_task(assemble.run(config, stop))
        while not any(line["event"] == "service.started" for line in logs):
            await asyncio.sleep(0)
            assert not running.done(), running.exception()
        _, writer = await asyncio.open_connection("127.0.0.1", config.asterisk.agi_port)
        writer.close()
        await writer.wait_closed()
        stop.set()
        await running

    events = [line["event"] for line in logs]
    assert events.index("service.started") < events.index("service.stopping")
    assert events[-1] == "service.stopped"


async def test_excerpts_of_a_life_that_was_killed_are_gone(config: Config) -> None:
    """A technician heard the beginning of a message when the process before this one died."""
    excerpt = config.asterisk.recordings_dir / ".part-1768000000.1-0123abcd.wav"
    recording = config.asterisk.recordings_dir / "1768000000.1.wav"
    for file in (excerpt, recording):
        file.touch()
    stop = asyncio.Event()
    stop.set()

    await assemble.run(config, stop)

    assert (excerpt.exists(), recording.exists()) == (False, True)


async def test_service_lives_by_the_clock_that_it_is_given(config: Config) -> None:
    """A test may run it on any night: here the first handoff is still to come."""
    rotation = RotationConfig(
        order=("anna",), starts_on=date(2026, 1, 10), handoff_time="08:00", shift_weeks=1
    )
    stop = asyncio.Event()
    with structlog.testing.capture_logs() as logs:
        running = asyncio.create_task(
            assemble.run(replace(config, rotations=(rotation,)), stop, clock=FakeClock())
        )
        while not any(line["event"] == "service.started" for line in logs):
            await asyncio.sleep(0)
            assert not running.done(), running.exception()
        stop.set()
        await running

    (gap,) = [line for line in logs if line["event"] == "plan.unwise"]
    assert datetime.fromisoformat(gap["start"]) == ELEVEN_AT_NIGHT


async def test_mobile_of_whose_shift_begins_is_checked_where_that_is_wanted(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ben's begins now. Asterisk is away, so nothing is known; by default nobody tries."""
    monkeypatch.setattr("pbx_bridge.runtime.recovery.FIRST_LOOK_S", 0.0)
    folder = config.asterisk.prompts_dir / config.language_of("ben")
    folder.mkdir()
    for name in PROMPTS:
        (folder / f"{name}.wav").touch()
    rotation = RotationConfig(
        order=("anna", "ben"), starts_on=date(2026, 1, 8), handoff_time="23:00", shift_days=1
    )
    checked = []
    for is_wanted in (False, True):
        notices = replace(config.notices, check_phones=is_wanted)
        path = config.store.path.with_name(f"{is_wanted}.db")
        firm = replace(
            config, rotations=(rotation,), notices=notices, store=replace(config.store, path=path)
        )
        stop = asyncio.Event()
        with structlog.testing.capture_logs() as logs:
            running = asyncio.create_task(assemble.run(firm, stop, clock=FakeClock()))
            async with asyncio.timeout(10):
                while not any(line["event"] == "ami.lost" for line in logs) or (
                    is_wanted and not any(line["event"] == "phone_check.ended" for line in logs)
                ):
                    await asyncio.sleep(0)
                    assert not running.done(), running.exception()
            stop.set()
            await running
        checked += [line for line in logs if line["event"] == "phone_check.ended"]

    assert [(line["technician"], line["outcome"]) for line in checked] == [("ben", "not-known")]


async def test_port_that_is_taken_is_told_and_leaves_nothing_running(config: Config) -> None:
    """A second service must not open the database of the first and do its work again."""
    with (
        socket.create_server(("127.0.0.1", config.asterisk.agi_port)),
        pytest.raises(AgiPortTaken, match="another program listens there"),
    ):
        await assemble.run(config, asyncio.Event())

    with socket.create_server(("127.0.0.1", config.asterisk.agi_port)):
        pass


async def test_notifier_that_cannot_work_keeps_nobody_from_calling(config: Config) -> None:
    """A list of push addresses is gone: the service says so once and starts."""
    anna = replace(config.technicians[0], notify_file=config.store.path.with_name("gone"))
    firm = replace(config, technicians=(anna, *config.technicians[1:]))
    stop = asyncio.Event()
    with structlog.testing.capture_logs() as logs:
        running = asyncio.create_task(assemble.run(firm, stop))
        while not any(line["event"] == "service.started" for line in logs):
            await asyncio.sleep(0)
            assert not running.done(), running.exception()
        stop.set()
        await running

    assert [line["event"] for line in logs].count("notify.unusable") == 1
