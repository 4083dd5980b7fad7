"""The figures of spoken emergencies."""

from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.urgent import Rung, Turns, summarise
from boxes import Box


def rung(decided: float, invited: float, hung_up: float) -> Rung:
    """Return one call by its moments, in seconds."""
    return Rung(moments={"decided": decided, "invited": invited, "hung_up": hung_up})


def figures(*, ours: list[Rung], theirs: list[Rung]) -> dict[str, Figure]:
    """Return the figures of all voices by name."""
    turns = Turns(language="de", said=(), box=Box(Path("/nowhere")), ours=ours, theirs=theirs)
    return {one.name: one for one in summarise([turns]).figures}


def test_both_ways_and_their_ratio() -> None:
    """Medians of the same run; a ring before the hang-up has no ratio from the hang-up on."""
    found = figures(ours=[rung(2.0, 2.5, 8.0)], theirs=[rung(2.0, 9.0, 8.0)])

    assert found["all: decisive word to INVITE, pbx-bridge"].values == (500.0,)
    assert found["all: decisive word to INVITE, VoiceMail()"].values == (7000.0,)
    assert found["all: decisive word to INVITE, VoiceMail() / pbx-bridge"].values == (14.0,)
    assert "all: hang-up to INVITE, VoiceMail() / pbx-bridge" not in found


def test_share_rung_before_the_hangup() -> None:
    """Only a mobile that rang while the caller was there counts."""
    found = figures(ours=[rung(2.0, 2.5, 8.0), rung(2.0, 8.1, 8.0)], theirs=[])

    assert found["all: rung before hang-up (1 of 2)"].values == (50.0,)
