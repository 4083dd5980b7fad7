"""Public holidays by country and region."""

from datetime import date

import pytest

from pbx_bridge.config.public_holidays import holiday_names, holiday_on, regions

CORPUS_CHRISTI = date(2026, 6, 4)


@pytest.mark.parametrize(
    ("country", "region", "language", "expected"),
    [
        ("DE", "BY", "de", "Fronleichnam"),
        ("DE", "BE", "de", None),
        ("DE", None, "de", None),
        ("DE", "BY", "en", "Corpus Christi"),
        ("DE", "BY", "pl", "Fronleichnam"),  # not known in Polish: the country's language
        ("PL", None, "pl", "Dzień Bożego Ciała"),
        ("ZZ", None, "de", None),
    ],
)
def test_holiday_depends_on_country_region_and_language(
    country: str, region: str | None, language: str, expected: str | None
) -> None:
    """Never on the language of the machine."""
    found = holiday_on(country, region, language)(CORPUS_CHRISTI)

    assert found == expected


def test_holiday_that_is_off_is_an_ordinary_day() -> None:
    """In every year, and no other day with it."""
    name_of = holiday_on("DE", "BY", "de", ["Fronleichnam"])

    assert [name_of(date(year, 6, day)) for year, day in ((2026, 4), (2025, 19))] == [None, None]
    assert name_of(date(2026, 1, 1)) == "Neujahr"


def test_two_holidays_on_a_day_are_both_named() -> None:
    """With one of them off the other still holds."""
    day = date(2008, 5, 1)

    assert holiday_on("DE", None, "de")(day) == "Christi Himmelfahrt, Erster Mai"
    assert holiday_on("DE", None, "de", ["Erster Mai"])(day) == "Christi Himmelfahrt"


def test_names_are_those_of_all_years() -> None:
    """Each once, so that a typo finds its neighbour."""
    names = holiday_names("DE", "BY", "de")

    assert {"Neujahr", "Karfreitag", "Allerheiligen"} <= set(names)
    assert len(names) == len(set(names))
    assert holiday_names("ZZ", None, "de") == []


def test_regions_of_a_country() -> None:
    """`None` where the library knows no holidays at all."""
    assert "BY" in (regions("DE") or ())
    assert regions("ZZ") is None
