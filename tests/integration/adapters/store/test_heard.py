"""Past calls with what was heard of them."""

from datetime import timedelta
from pathlib import Path

import pytest
from examples import NOW, opened_call

from pbx_bridge.adapters.store.heard import heard_calls
from pbx_bridge.adapters.store.store import open_store
from pbx_bridge.core.call_events import Judged, MessageEnded
from pbx_bridge.core.call_flow import advance
from pbx_bridge.core.case import MessageEnd, Transcript, Urgency, Verdict
from pbx_bridge.errors import StoreError

pytestmark = pytest.mark.integration


async def test_only_calls_that_were_heard_and_are_young_enough(tmp_path: Path) -> None:
    """A call without words has nothing to be judged again."""
    path = tmp_path / "cases.db"
    judged = Judged(Verdict(urgency=Urgency.ROUTINE), Transcript(language="de"))
    async with open_store(path) as store:
        for case_id, days in (("1001", 9), ("1002", 1), ("1003", 1)):
            at = NOW - timedelta(days=days)
            stored = await store.calls.open(at, opened_call(case_id, f"17.{case_id}", at))
            ended = MessageEnded(MessageEnd.DIGIT, 3.0)
            for event in (ended, judged) if case_id != "1003" else (ended,):
                stored = await store.calls.save(at, stored, event, advance(at, stored.state, event))

    found = heard_calls(path, NOW - timedelta(days=2))

    assert [(call.case_id, call.transcript) for call in found] == [("1002", judged.transcript)]


def test_no_database_is_a_clear_error(tmp_path: Path) -> None:
    """It names the file."""
    with pytest.raises(StoreError, match=r"none\.db"):
        heard_calls(tmp_path / "none.db", NOW)
