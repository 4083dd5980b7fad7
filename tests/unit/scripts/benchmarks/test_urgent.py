"""The figures of spoken emergencies."""

import json

from benchmarks.figures import Figure
from benchmarks.urgent import SHORT, WHOLE, Rung, Turns, summarise


def rung(decided: float, invited: float, hung_up: float, *, is_whole: bool = False) -> Rung:
    """Return one call by its moments, in seconds."""
    moments = {"decided": decided, "invited": invited, "hung_up": hung_up}
    return Rung(moments=moments, is_whole=is_whole)


def figures(*, ours: list[Rung], theirs: list[Rung]) -> dict[str, Figure]:
    """Return the figures of all voices by name."""
    turns = Turns(language="de", rests_s={}, ours=ours, theirs=theirs)
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


def test_short_and_whole_messages_are_told_apart() -> None:
    """Nobody can say that the end of a message was chosen for the ratio."""
    found = figures(
        ours=[rung(2.0, 2.5, 6.0), rung(2.0, 2.6, 12.0, is_whole=True)],
        theirs=[rung(2.0, 6.5, 6.0), rung(2.0, 12.5, 12.0, is_whole=True)],
    )

    assert found[f"{SHORT}: decisive word to INVITE, VoiceMail()"].values == (4500.0,)
    assert found[f"{WHOLE}: decisive word to INVITE, VoiceMail()"].values == (10500.0,)


def test_runs_of_one_voice_become_one() -> None:
    """An hour of calls need not be taken in one piece: what JSON kept is added."""
    first = Turns(language="de", rests_s={SHORT: [4.0]}, ours=[rung(2.0, 2.5, 6.0)])
    second = Turns(language="de", rests_s={SHORT: [4.0]}, ours=[rung(2.0, 2.7, 6.0)])
    (plain,) = summarise([first]).data

    again = Turns.of(json.loads(json.dumps(plain)))
    again.add(second)

    assert again.ours == [*first.ours, *second.ours]
