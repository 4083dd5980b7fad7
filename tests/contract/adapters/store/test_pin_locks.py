"""What every `PinLocks` promises."""

from examples import NOW
from fakes import MemoryStore

from pbx_bridge.adapters.store.store import SqliteStore
from pbx_bridge.core.pin_lock import TRIES, PinLock, missed, passed

Store = MemoryStore | SqliteStore


async def test_lock_comes_back_as_it_was(store: Store) -> None:
    """Who is locked until when; the last one that was kept counts."""
    lock = PinLock()
    before = await store.pin_locks.load()
    for _ in range(TRIES):
        lock = missed(NOW, lock, "anna")
        await store.pin_locks.keep(NOW, lock)

    kept = await store.pin_locks.load()
    await store.pin_locks.keep(NOW, passed(lock, "anna"))

    assert before == PinLock()
    assert kept == lock
    assert kept.is_locked(NOW, "anna")
    assert not (await store.pin_locks.load()).is_locked(NOW, "anna")
