"""Nothing that the core wants is left undone."""

from typing import get_args

from pbx_bridge.assemble.duties import duties
from pbx_bridge.core.call_events import AdoptOwner, Escalate, Transcribe
from pbx_bridge.core.case_life import CloseEscalation, ReopenEscalation
from pbx_bridge.core.escalation_events import CancelRing, Fallback, MarkTaken, Ring
from pbx_bridge.runtime.deeds import Duty, Effect


class Anybody:
    """Has every method."""

    def __getattr__(self, name: str) -> object:
        """Return something that names it."""
        return name


def all_duties() -> dict[type, Duty]:
    """Return the table with nobody behind it."""
    return dict(duties(Anybody(), Anybody(), Anybody(), Anybody()))  # type: ignore[arg-type]


def test_every_effect_has_somebody() -> None:
    """A new effect that nobody carries out is found here, not at night."""
    assert set(all_duties()) == set(get_args(Effect))


def test_what_must_not_be_given_up_never_is() -> None:
    """Parked, it would leave a case unrung, a phone ringing or the office untold."""
    table = all_duties()
    for effect in (Escalate, AdoptOwner, Ring, CancelRing, Transcribe, Fallback):
        assert table[effect].tries is None
    for effect in (CloseEscalation, ReopenEscalation):
        assert table[effect].tries is None


def test_what_may_take_long_runs_beside_the_ringing() -> None:
    """A mail server or a recogniser that hangs must not hold up a ring."""
    table = all_duties()

    assert not table[Ring].is_slow
    assert table[Transcribe].is_slow
    assert table[Fallback].is_slow
    assert table[MarkTaken].is_slow
