"""A firm's plan behind a real control socket, for tests of the command line."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from configs import SMALLEST
from structlog.testing import capture_logs

from pbx_bridge.adapters.clock import SystemClock
from pbx_bridge.adapters.control.server import ControlServer, Handler
from pbx_bridge.adapters.store.store import open_store
from pbx_bridge.cli import main
from pbx_bridge.config import parse
from pbx_bridge.config.plan import plan_of
from pbx_bridge.runtime.on_call import OnCall, OnCallCommands

ROTATIONS = """
[hours]
monday = ["08:00-16:00"]

[[duty_window]]
name = "weekend"
days = ["saturday", "sunday"]
times = ["00:00-24:00"]

[[rotation]]
order = ["anna", "ben"]
starts_on = 2026-01-05
handoff_day = "monday"
handoff_time = "08:00"
shift_weeks = 1
"""
"""Anna and Ben in weekly turns."""

ANNAS_WEEK = date(2027, 6, 21)
"""A Monday far from any switch of the clock on which Anna's shift begins."""


def next_monday(weeks: int = 1) -> date:
    """Return the Monday after today, or a later one."""
    today = SystemClock().now().date()
    return today + timedelta(days=7 * weeks - today.weekday())


@dataclass(frozen=True)
class Desk:
    """Somebody at the office's computer."""

    config: Path

    def type(self, *words: str, columns: int = 100) -> Result:
        """Run one command as it is typed."""
        command = ["--config", str(self.config), *words]
        return CliRunner().invoke(main, command, env={"COLUMNS": str(columns)})

    def told(self, *words: str) -> str:
        """Run one command that must succeed; return what it prints."""
        result = self.type(*words)
        assert result.exit_code == 0, result.output
        return result.output

    def json(self, *words: str) -> Any:
        """Run one command with ``--json``; return what it prints."""
        return json.loads(self.told(*words, "--json"))

    async def typed(self, *words: str) -> Result:
        """Run one command while the service runs in this loop."""
        return await asyncio.to_thread(self.type, *words)


def new_desk(folder: Path, extra: str = ROTATIONS) -> Desk:
    """Return a desk with a configuration whose files are in *folder*."""
    path = folder / "c.toml"
    service = f'[service]\nsocket = "{folder}/s"\n[store]\npath = "{folder}/cases.db"\n'
    path.write_text(f"{SMALLEST}\n{extra}\n{service}", encoding="utf-8")
    return Desk(path)


@asynccontextmanager
async def service(desk: Desk, others: Mapping[str, Handler] | None = None) -> AsyncIterator[OnCall]:
    """Run the part of the service that takes commands about the plan, and *others*."""
    config = parse(desk.config.read_text(encoding="utf-8"), source="c")
    async with open_store(config.store.path) as store:
        on_call = OnCall(SystemClock(), store.overrides, plan_of(config))
        await on_call.start()
        commands = OnCallCommands(SystemClock(), on_call)
        handlers = {
            "override.add": commands.add_override,
            "override.remove": commands.remove_override,
            "shifts.import": commands.import_shifts,
            **(others or {}),
        }
        server = ControlServer(config.service.socket, handlers)
        await server.start()
        try:
            with capture_logs():  # they would stand among what the command prints
                yield on_call
        finally:
            await server.stop()
