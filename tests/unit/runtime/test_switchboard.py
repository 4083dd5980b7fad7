"""What the phones report becomes events of cases."""

import pytest

from pbx_bridge.core.case import RingOutcome
from pbx_bridge.core.escalation_events import RingAnswered, RingEnded
from pbx_bridge.runtime.switchboard import Switchboard, attempt_of, channel_id


class Notes:
    """Implements `Looks`: notes who was woken."""

    def __init__(self) -> None:
        self.seen: list[object] = []

    def line_restored(self) -> None:
        """Note it."""
        self.seen.append("restored")

    def key_stored(self, case_id: str) -> None:
        """Note it."""
        self.seen.append(("key", case_id))

    def fallback_moved(self, call_id: str) -> None:
        """Note it."""
        self.seen.append(("fallback", call_id))


def test_leg_is_named_after_case_and_attempt() -> None:
    """The name is how a ring is found again after a restart."""
    assert channel_id("1001", 2) == "1001-2"
    assert attempt_of("1001-2") == ("1001", 2)


@pytest.mark.parametrize("name", ["", "1001", "-1", "1001-", "1001-x", "x-1", "a-1001-2", "1768.1"])
def test_other_names_are_no_legs_of_ours(name: str) -> None:
    """Asterisk's own channels are not taken for attempts."""
    assert attempt_of(name) is None


def test_reports_become_events_of_the_case() -> None:
    """Answered and ended belong to an attempt of a case."""
    posted: list[object] = []
    switchboard = Switchboard(lambda case_id, event: posted.append((case_id, event)))

    switchboard.ring_answered("1001-2")
    switchboard.ring_ended("1001-2", RingOutcome.BUSY)
    switchboard.ring_answered("1768000000.1")
    switchboard.ring_ended("1768000000.1", RingOutcome.BUSY)

    assert posted == [("1001", RingAnswered(2)), ("1001", RingEnded(2, RingOutcome.BUSY))]


class Checks:
    """Who hears of legs without a case."""

    def __init__(self) -> None:
        self.seen: list[object] = []

    def ring_answered(self, leg: str) -> None:
        """Note it."""
        self.seen.append(leg)

    def ring_ended(self, leg: str, outcome: RingOutcome) -> None:
        """Note it."""
        self.seen.append((leg, outcome))

    def call_came(self) -> None:
        """Note it."""
        self.seen.append("call")

    def line_lost(self) -> None:
        """Note it."""
        self.seen.append("lost")


def test_leg_without_a_case_is_a_check_of_a_mobile() -> None:
    """No case hears of it, also while nobody listens."""
    posted: list[object] = []
    checks = Checks()
    switchboard = Switchboard(lambda *told: posted.append(told))

    switchboard.ring_answered("0-5")
    switchboard.ring_ended("0-5", RingOutcome.BUSY)
    switchboard.connect(Notes(), checks)
    switchboard.ring_answered("0-7")
    switchboard.ring_ended("0-7", RingOutcome.BUSY)

    assert checks.seen == ["0-7", ("0-7", RingOutcome.BUSY)]
    assert posted == []


def test_what_must_be_looked_at_wakes_somebody() -> None:
    """A report over AMI is only a reason to look: it is not believed by itself."""
    notes, checks = Notes(), Checks()
    switchboard = Switchboard(lambda *_: None)
    switchboard.connect(notes, checks)

    switchboard.line_restored()
    switchboard.key_stored("1001-2")
    switchboard.key_stored("1768000000.1")
    switchboard.fallback_moved("1768000000.1")
    switchboard.line_lost()

    assert notes.seen == ["restored", ("key", "1001"), ("fallback", "1768000000.1")]
    assert checks.seen == ["call", "lost"]


def test_reports_before_anybody_listens_are_harmless() -> None:
    """While the service is being built nothing can go wrong."""
    switchboard = Switchboard(lambda *_: None)

    switchboard.line_restored()
    switchboard.key_stored("1001-2")
    switchboard.fallback_moved("1768000000.1")
