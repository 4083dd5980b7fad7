"""
The service at another time: ``-m stage.shifted CONFIG SHIFT``.

What other programs wrote has the real time: recordings without a case, and what the dialplan
noted of calls. With a clock that is ahead such recordings count as forgotten, and ring nobody.
"""

import asyncio
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pbx_bridge import assemble
from pbx_bridge.adapters.logs import set_up_logs
from pbx_bridge.config import load


class ShiftedClock:
    """
    The port `Clock`: the machine's clock and a shift, which a file says in seconds.

    Time goes on as it really does. A step of the clock is not to be tested here, so the file
    changes only while no case rings.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        """Return the time, aware, UTC."""
        return datetime.now(UTC) + timedelta(seconds=float(self._file.read_text()))


def set_clock(file: Path, at: datetime) -> None:
    """Let it be *at* now; the file appears whole."""
    shift = at - datetime.now(UTC)
    written = file.with_suffix(".new")
    written.write_text(str(shift.total_seconds()))
    written.replace(file)


async def _serve(config_path: Path, shift: Path) -> None:
    config, stop = load(config_path), asyncio.Event()
    set_up_logs(config.log)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await assemble.run(config, stop, clock=ShiftedClock(shift))


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), Path(sys.argv[2])))
