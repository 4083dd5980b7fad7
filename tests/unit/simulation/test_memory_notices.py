"""The queue in memory; what it promises is tested together with the real one."""

from fakes import ELEVEN_AT_NIGHT

from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.ports import Notice, Queueing
from pbx_bridge.simulation.memory_notices import MemoryNotices


async def test_waits_until_everybody_is_told_or_given_up() -> None:
    """The simulated office looks at it."""
    queue = MemoryNotices()
    notice = Notice(key="k", subject="s", body="b")
    names = ("mail", "web")
    await queue.queue(
        ELEVEN_AT_NIGHT,
        [Queueing(addressee=name, topic=Topic.DONE, notice=notice) for name in names],
    )

    await queue.mark_sent(1, ELEVEN_AT_NIGHT)
    waited = queue.waits
    await queue.give_up(2, ELEVEN_AT_NIGHT, "refused")

    assert (waited, queue.waits) == (True, False)
