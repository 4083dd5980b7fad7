"""Open case after case and acknowledge each on stdout, until killed; see `test_store.py`."""

import asyncio
import sys
from pathlib import Path

from examples import NOW, opened_call

from pbx_bridge.adapters.store.store import open_store
from pbx_bridge.core.call_events import Greeted, Transcribe
from pbx_bridge.core.call_flow import CallTransition, advance


async def write(path: Path) -> None:
    """Never end."""
    async with open_store(path) as store:
        print("ready", flush=True)
        while True:
            case_id = await store.calls.new_case_id()
            opened = await store.calls.open(NOW, opened_call(case_id, f"17.{case_id}"))
            greeted = advance(NOW, opened.state, Greeted()).state
            await store.calls.save(NOW, opened, Greeted(), CallTransition(greeted, (Transcribe(),)))
            print(case_id, flush=True)


asyncio.run(write(Path(sys.argv[1])))
