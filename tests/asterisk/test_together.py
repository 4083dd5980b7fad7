"""Two technicians press 1 in the same tenth of a second: one has the case, the other hears who."""

import pytest
from after_hours import AfterHours, until

from pbx_bridge.adapters.store.reading import CasePhase

pytestmark = pytest.mark.asterisk

TOGETHER = """
[[policy]]
name = "both"

[[policy.step]]
who = ["t1", "t2"]
together = true
"""
EARLY, LATE = "118", "119"
"""Mobiles that press 1, the second a moment after the first when both rang at once."""

SAME_MOMENT_MS = 100
HEARD, UNHEARD = 0.8, 0.2
"""Shares of a sound: some packets may be lost, and pieces of one word may sound like another's."""

RACES, MOST_TRIES = 3, 7
"""A busy machine may pull two presses apart; such a try proves nothing and does not count."""


@pytest.mark.parametrize("mobiles", [(EARLY, LATE), (LATE, EARLY)], ids="-then-".join)
def test_of_two_who_press_at_once_one_wins_and_the_other_hears_who(
    night: AfterHours, mobiles: tuple[str, str]
) -> None:
    """The winner hears his receipt; the other hears the winner's name, and no receipt."""
    night.begin(*mobiles, extra=TOGETHER, escalation="busy_for_min = 0")
    races = 0
    for _ in range(MOST_TRIES):
        races += race(night, dict(zip(("t1", "t2"), mobiles, strict=True)))
        if races == RACES:
            break

    assert races == RACES


def race(night: AfterHours, mobiles: dict[str, str]) -> bool:
    """Let both press for one case; return whether they did it in the same moment."""
    night.forget_rings()
    case = night.case(night.call_and_leave(), CasePhase.ACKNOWLEDGED)
    (loser,) = set(mobiles) - {case.owner}
    winners, losers = mobiles[case.owner or ""], mobiles[loser]
    apart_ms = abs(night.pressed_ms(winners) - night.pressed_ms(losers))
    night.wait_mobile("hungup", losers, limit_s=20)
    accepted_s, late_s = night.key_s(winners), night.key_s(losers)
    winner, other = night.heard(winners), night.heard(losers)

    assert winner.share(night.prompt("ack-accepted"), after_s=accepted_s) > HEARD
    assert other.share(night.prompt("ack-accepted"), after_s=late_s) < UNHEARD
    for name in ("ack-taken", "ack-taken-by", f"name-{case.owner}"):
        assert other.share(night.prompt(name), after_s=late_s) > HEARD, name
    assert sorted(night.rung()) == sorted(mobiles.values())
    return apart_ms < SAME_MOMENT_MS


def test_of_two_who_press_while_the_service_is_dead_one_wins_too(night: AfterHours) -> None:
    """Asterisk alone asks both for the key; the second hears who has it."""
    night.begin("123", "123", extra=TOGETHER)
    night.call_and_leave()
    mobiles = {f"t{place}": f"{place:02d}0123" for place in (1, 2)}
    for number in mobiles.values():
        night.wait_mobile("answered", number)
    assert night.stage.service is not None
    night.stage.service.kill()
    for number in mobiles.values():
        night.wait_mobile("digit", number)
    until("one is written down", lambda: night.remembered("pbxb-taken") == 1)
    (owner,) = (name for name in mobiles if night.remembered("pbxb-taken", f"{name}/"))
    (loser,) = set(mobiles) - {owner}
    night.wait_mobile("hungup", mobiles[loser])
    other, winner = night.heard(mobiles[loser]), night.heard(mobiles[owner])

    for name in ("ack-taken", "ack-taken-by", f"name-{owner}"):
        assert other.share(night.prompt(name)) > HEARD, name
    assert winner.share(night.prompt("screen-accepted")) > HEARD
    assert other.share(night.prompt("screen-accepted")) < UNHEARD
