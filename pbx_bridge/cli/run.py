"""``pbx-bridge run``: the service in the foreground, as systemd wants it."""

import asyncio
import signal
from pathlib import Path

import click
import structlog

from pbx_bridge import assemble
from pbx_bridge.adapters.logs import set_up_logs
from pbx_bridge.config import Config, load
from pbx_bridge.config.parsing import advice, read_text
from pbx_bridge.errors import AgiPortTaken, BridgeError, ConfigError, SchemaTooNew, StoreError

log = structlog.get_logger()

WAIT_S = 5.0
"""Between two tries to start when the cause may go away by itself."""

MAY_PASS: tuple[type[BridgeError], ...] = (StoreError, AgiPortTaken, ConfigError)
"""A full disk, a read-only folder, a port still in use, a secret not written yet."""


@click.command()
@click.pass_obj
def run(config_path: Path) -> None:
    """
    Run the service.

    Calls are answered by the dialplan alone as long as this does not run.
    Exit status: 0 after SIGTERM or SIGINT, 1 when the configuration is wrong.
    """
    config = load(config_path)
    set_up_logs(config.log)
    for line in advice(read_text(config_path), source=str(config_path)):
        log.warning("config.unwise", reason=line)
    asyncio.run(serve(config))


async def serve(config: Config) -> None:
    """Start, and start again while what is missing may still come, until a signal stops it."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    said = ""
    while not stop.is_set():
        try:
            await assemble.run(config, stop)
        except SchemaTooNew:
            raise
        except MAY_PASS as exc:
            if str(exc) != said:  # once for each cause, not every five seconds
                said = str(exc)
                log.error("service.waiting", code=exc.code, reason=said)
            await _pause(stop)


async def _pause(stop: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(WAIT_S):
            await stop.wait()
    except TimeoutError:
        return
