"""What is wrong between values of the calendar that look right one by one."""

import pytest
from configs import SMALLEST, changed

from pbx_bridge.config import parse
from pbx_bridge.config.calendar_checks import calendar_mistakes
from pbx_bridge.errors import ConfigError

ROTATION = '[[rotation]]\norder = ["anna"]\nstarts_on = 2026-01-05\nhandoff_time = "08:00"\n'
"""A Monday; without the length of a shift."""


def mistakes(more: str, text: str = SMALLEST) -> list[str]:
    """Return what is wrong with a configuration, without the place."""
    try:
        parse(text + more, source="f")
    except ConfigError as exc:
        return [line.split(": ", 1)[1] for line in exc.mistakes]
    return []


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            '[hours]\nfriday = ["08:00-12:00", "11:00-15:00"]\n',
            "hours.friday: '08:00-12:00' and '11:00-15:00' overlap; make one of the two",
        ),
        (
            '[hours]\nholiday = ["20:00-02:00", "18:00-21:00"]\n',
            "hours.holiday: '18:00-21:00' and '20:00-02:00' overlap; make one of the two",
        ),
        (
            '[hours]\nholidays_off = ["Charfreitag"]\n',
            (
                "hours.holidays_off: 'Charfreitag' is no public holiday there; "
                "did you mean 'Karfreitag'?"
            ),
        ),
        (
            "[[special_day]]\ndate = 2026-12-24\n[[special_day]]\ndate = 2026-12-24\n",
            "special_day[2].date: 2026-12-24 is there twice; make one of the two",
        ),
        (
            '[[special_day]]\ndate = 2026-12-24\nopen = ["08:00-24:00", "08:00-09:00"]\n',
            "special_day[1].open: '08:00-09:00' and '08:00-24:00' overlap; make one of the two",
        ),
        (
            '[[duty_window]]\nname = "x"\ndays = ["monday"]\ntimes = ["08:00-09:00"]\n' * 2,
            "duty_window[2].name: 'x' is there twice; choose another",
        ),
        (
            (
                '[[duty_window]]\nname = "x"\ndays = ["monday"]\n'
                'times = ["08:00-10:00", "09:00-11:00"]\n'
            ),
            "duty_window[1].times: '08:00-10:00' and '09:00-11:00' overlap; make one of the two",
        ),
        (
            ROTATION.replace("anna", "ana") + "shift_weeks = 1\n",
            "rotation[1].order: 'ana' is no [[technician]]; did you mean 'anna'?",
        ),
        (
            ROTATION,
            (
                "rotation[1]: has 0 lengths of a shift; "
                "give one of: shift_weeks, shift_days, shift_hours"
            ),
        ),
        (
            ROTATION + "shift_weeks = 1\nshift_hours = 12\n",
            (
                "rotation[1]: has 2 lengths of a shift; "
                "give one of: shift_weeks, shift_days, shift_hours"
            ),
        ),
        (
            ROTATION + 'shift_weeks = 1\nhandoff_day = "friday"\n',
            (
                "rotation[1].handoff_day: 'friday', but starts_on 2026-01-05 is a monday; "
                "start on 2026-01-09"
            ),
        ),
        (
            ROTATION.replace("01-05", "01-06") + 'shift_weeks = 1\nhandoff_day = "monday"\n',
            (
                "rotation[1].handoff_day: 'monday', but starts_on 2026-01-06 is a tuesday; "
                "start on 2026-01-12"
            ),
        ),
        (
            ROTATION + 'shift_days = 1\nhandoff_day = "monday"\n',
            "rotation[1].handoff_day: is used with shift_weeks only; take it out",
        ),
        (
            ROTATION + 'shift_weeks = 1\nhandoff_day = "holiday"\n',
            "rotation[1].handoff_day: 'holiday' is no day of the week; write monday to sunday",
        ),
        (
            (ROTATION + "shift_weeks = 1\n") * 2,
            (
                "rotation[2].starts_on: 'primary' has a rotation that starts on 2026-01-05 "
                "already; take one out"
            ),
        ),
        (
            ROTATION.replace("2026-01-05", "5") + "shift_weeks = 1\n",
            "rotation[1].starts_on: 5 must be a date, like 2026-12-24",
        ),
        (
            ROTATION.replace("2026-01-05", "2026-01-05T08:00:00") + "shift_weeks = 1\n",
            ("rotation[1].starts_on: '2026-01-05 08:00:00' must be a date, like 2026-12-24"),
        ),
        (
            ROTATION.replace("2026-01-05", '"monday"') + "shift_weeks = 1\n",
            "rotation[1].starts_on: 'monday' must be a date, like 2026-12-24",
        ),
        (
            '[hours]\nfriday = ["8-12"]\n',
            (
                "hours.friday[1]: '8-12' is no part of a day; "
                'write it like "08:00-12:00" or "18:00-24:00"'
            ),
        ),
    ],
)
def test_mistake_is_one_line_with_its_remedy(more: str, expected: str) -> None:
    """Nothing else is said about it."""
    assert mistakes(more) == [expected]


@pytest.mark.parametrize(
    "more",
    [
        '[hours]\nfriday = ["12:00-15:00", "08:00-12:00"]\nholidays_off = ["Karfreitag"]\n',
        ROTATION + 'shift_weeks = 2\nhandoff_day = "monday"\n',
        ROTATION + "shift_hours = 12\n",
        ROTATION + "shift_days = 1\n" + ROTATION.replace("01-05", "01-06") + "shift_days = 1\n",
        ROTATION + "shift_days = 1\n" + ROTATION + 'layer = "backup"\nshift_days = 1\n',
    ],
)
def test_sound_calendar_has_no_mistakes(more: str) -> None:
    """Windows that touch, a new order from a date on, the same start in two layers."""
    assert mistakes(more) == []


@pytest.mark.parametrize(
    ("country", "region", "expected"),
    [
        ("DE", "BY", None),
        ("DE", "XX", "firm.region: 'XX' is no region of DE; one of: BB, BE, BW"),
        ("LU", "X", "firm.region: 'X' is no region of LU; take it out"),
        ("ZZ", "X", "firm.region: 'X' is no region of ZZ; take it out"),
    ],
)
def test_region_is_one_of_its_country(country: str, region: str, expected: str | None) -> None:
    """A wrong one would mean no holidays at all."""
    firm = changed("[firm]\n", f'[firm]\ncountry = "{country}"\nregion = "{region}"\n')

    found = mistakes("", firm)

    assert found == [] if expected is None else found[0].startswith(expected)


def test_holidays_to_switch_off_are_those_of_the_region() -> None:
    """In Berlin there is no Corpus Christi; in Bavaria there is."""
    off = '[hours]\nholidays_off = ["Fronleichnam"]\n'
    bavaria = changed("[firm]\n", '[firm]\nregion = "BY"\n')

    assert mistakes(off, bavaria) == []
    assert "'Fronleichnam' is no public holiday there" in mistakes(off)[0]


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"hours": 3, "special_day": 1, "duty_window": "x", "rotation": {}, "firm": 7},
        {"hours": {"monday": 1, "sunday": [1, None], "holidays_off": 3}, "firm": {"region": 4}},
        {"hours": {"holidays_off": [1]}, "firm": {"country": 3, "language": []}},
        {"special_day": [1, {"open": 4}], "duty_window": [None, {"name": 3, "times": [4]}]},
    ],
)
def test_checks_survive_values_of_any_type(raw: dict[str, object]) -> None:
    """Wrong types are reported by somebody else; here they must only not crash."""
    assert list(calendar_mistakes(raw)) == []


def test_rotation_of_wrong_types_does_not_crash() -> None:
    """What can be said about it is."""
    raw = {
        "technician": [1, {"name": 2}],
        "rotation": [
            3,
            {"order": [1], "layer": [], "handoff_day": 5, "shift_weeks": "x", "starts_on": 4},
            {"handoff_day": "monday", "shift_weeks": 1, "starts_on": "x", "order": 3},
            {"handoff_day": "mon", "shift_weeks": 1, "starts_on": "2026-01-05"},
        ],
    }

    assert [path for path, _ in calendar_mistakes(raw)] == [("rotation", 0)]
