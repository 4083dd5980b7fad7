"""Look at what was heard of past calls, without the service; see `reading`."""

from datetime import datetime
from pathlib import Path

from pbx_bridge.adapters.store.reading import snapshot
from pbx_bridge.adapters.store.values import dump_time, load
from pbx_bridge.core.call_flow import Call

_HEARD = (
    "SELECT case_id, state FROM call WHERE json_extract(state, '$.arrived_at') >= ?"
    " AND json_extract(state, '$.transcript') IS NOT NULL"
    " AND json_extract(state, '$.verdict') IS NOT NULL ORDER BY rowid"
)


def heard_calls(path: Path, since: datetime) -> list[Call]:
    """
    Return the calls since then that have a transcript and a verdict, oldest first.

    Raises:
        StoreError: the database cannot be read.
    """
    with snapshot(path) as connection:
        rows = connection.execute(_HEARD, (dump_time(since),)).fetchall()
    return [load(Call, state, f"call of case {case_id}") for case_id, state in rows]
