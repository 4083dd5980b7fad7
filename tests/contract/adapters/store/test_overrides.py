"""What every `OverrideStore` promises."""

from datetime import timedelta

import pytest
from examples import NOW
from fakes import MemoryStore

from pbx_bridge.adapters.store.store import SqliteStore
from pbx_bridge.core.calendar import Shift
from pbx_bridge.core.override import Absence, Addition, Override, Replacement, Swap, Takeover
from pbx_bridge.errors import UnknownOverride

Store = MemoryStore | SqliteStore

END = NOW + timedelta(hours=12)
NEXT_WEEK = NOW + timedelta(days=7)

absence = Absence(technician="anna", start=NOW, end=END)
replacement = Replacement(technician="anna", substitute="ben", start=NOW, end=END)
kinds: list[Override] = [
    absence,
    replacement,
    Takeover(substitute="ben", layer="primary", start=NOW, end=END),
    Addition(substitute="ben", layer="primary", start=NOW, end=END),
    Swap(
        first=replacement,
        second=Replacement(
            technician="ben", substitute="anna", start=NEXT_WEEK, end=NEXT_WEEK + (END - NOW)
        ),
    ),
]


def shift(technician: str, layer: str = "primary") -> Shift:
    """Return a shift of tonight."""
    return Shift(start=NOW, end=END, layer=layer, technician=technician)


async def test_new_store_has_none(store: Store) -> None:
    """Then the configuration alone decides."""
    assert await store.overrides.overrides(NOW) == []
    assert await store.overrides.imports() == []


@pytest.mark.parametrize("override", kinds)
async def test_override_is_kept_with_who_and_why(store: Store, override: Override) -> None:
    """Each kind comes back as it was made."""
    made = await store.overrides.add(NOW, override, made_by="eva", reason="flu")

    (kept,) = await store.overrides.overrides(NOW)

    assert kept == made
    assert (kept.override, kept.made_at) == (override, NOW)
    assert (kept.made_by, kept.reason) == ("eva", "flu")


async def test_overrides_come_as_they_were_made(store: Store) -> None:
    """A later one sees what the earlier ones made of the plan: the order counts."""
    for override in reversed(kinds):
        await store.overrides.add(NOW, override, made_by="eva", reason="")

    kept = await store.overrides.overrides(NOW)

    assert [each.override for each in kept] == list(reversed(kinds))
    assert len({each.override_id for each in kept}) == len(kinds)


async def test_override_that_is_over_is_left_out(store: Store) -> None:
    """A swap is over with its later half."""
    for override in kinds:
        await store.overrides.add(NOW, override, made_by="eva", reason="")

    assert len(await store.overrides.overrides(END - timedelta(seconds=1))) == len(kinds)
    (swap,) = await store.overrides.overrides(END)
    assert isinstance(swap.override, Swap)


async def test_removed_override_does_not_stand(store: Store) -> None:
    """What was removed is told, the others stay."""
    first = await store.overrides.add(NOW, absence, made_by="eva", reason="")
    second = await store.overrides.add(NOW, replacement, made_by="eva", reason="")

    removed = await store.overrides.remove(NOW, first.override_id, made_by="tom", reason="well")

    assert removed == first
    assert await store.overrides.overrides(NOW) == [second]


async def test_override_that_does_not_stand_cannot_be_removed(store: Store) -> None:
    """Never made, or removed before: both are said."""
    made = await store.overrides.add(NOW, absence, made_by="eva", reason="")
    await store.overrides.remove(NOW, made.override_id, made_by="eva", reason="")

    for override_id in (made.override_id, made.override_id + 1, 0):
        with pytest.raises(UnknownOverride, match=f"there is no override {override_id}"):
            await store.overrides.remove(NOW, override_id, made_by="eva", reason="")


async def test_number_of_a_removed_override_is_not_given_again(store: Store) -> None:
    """Who removes number 3 twice must not hit another one."""
    first = await store.overrides.add(NOW, absence, made_by="eva", reason="")
    await store.overrides.remove(NOW, first.override_id, made_by="eva", reason="")

    second = await store.overrides.add(NOW, absence, made_by="eva", reason="")

    assert second.override_id > first.override_id


async def test_newest_import_of_a_layer_counts(store: Store) -> None:
    """Other layers keep theirs; an empty one ends the import."""
    save = store.overrides.import_shifts
    await save(NOW, "primary", [shift("anna")], source="a.ics", made_by="eva")
    backup = await save(NOW, "backup", [shift("ben", "backup")], source="b.ics", made_by="eva")
    newer = await save(END, "primary", [shift("ben"), shift("anna")], source="c", made_by="tom")

    assert await store.overrides.imports() == [backup, newer]
    assert newer.shifts == (shift("ben"), shift("anna"))
    assert (newer.source, newer.made_by, newer.made_at) == ("c", "tom", END)
