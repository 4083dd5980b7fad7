"""The table of the mobiles, for people and for Asterisk."""

from pathlib import Path

from boxes.mobiles import MOBILES, dialplan, table

README = Path(__file__).parents[4] / "scripts/README.md"


def test_every_number_has_one_behaviour() -> None:
    """Three digits choose exactly one mobile."""
    digits = [mobile.digits for mobile in MOBILES]

    assert len(digits) == len(set(digits))
    assert all(len(three) == 3 for three in digits)


def test_the_dialplan_knows_every_mobile() -> None:
    """Each behaviour is an extension whose steps follow it in order."""
    lines = dialplan().splitlines()

    for mobile in MOBILES:
        start = lines.index(f"exten => b{mobile.digits},1,{mobile.steps[0]}")
        following = lines[start + 1 : start + len(mobile.steps)]
        assert following == [f" same => n,{step}" for step in mobile.steps[1:]]


def test_a_mobile_that_answers_is_recorded() -> None:
    """What a technician heard can be transcribed by a test."""
    for mobile in MOBILES:
        if "Answer()" in mobile.steps:
            follows = mobile.steps[mobile.steps.index("Answer()") + 1]
            assert follows.startswith("MixMonitor("), mobile.digits


def test_a_key_is_announced_before_it_is_pressed() -> None:
    """The event of a key press says when the tone begins, not when it is over."""
    for mobile in MOBILES:
        for number, step in enumerate(mobile.steps):
            if step.startswith("SendDTMF("):
                assert mobile.steps[number - 1] == f"UserEvent(BoxMobile,Digit: {step[9:-1]})"


def test_the_readme_shows_this_table() -> None:
    """Change the mobiles, and the README must follow (`box mobiles` prints it)."""
    assert table() in README.read_text(encoding="utf-8")
