"""Public holidays of the firm's country and region, as the library `holidays` knows them."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache

import holidays

NAMED_YEARS = range(2020, 2040)
"""Every holiday that there is falls into one of them, those of a single year too."""


def regions(country: str) -> tuple[str, ...] | None:
    """Return the codes of a country's regions; `None`: its holidays are not known at all."""
    found = holidays.list_supported_countries(include_aliases=True).get(country)
    return None if found is None else tuple(found)


def holiday_on(
    country: str, region: str | None, language: str, off: Iterable[str] = ()
) -> Callable[[date], str | None]:
    """
    Return the function that names a date's public holiday, `None` for an ordinary day.

    Args:
        country: ISO code; one that the library does not know has no holidays.
        region: code of a part of it, see `regions`; `None`: what all parts have.
        language: two letters, of the names, where the library has them in it.
        off: names of holidays that are ordinary days for the firm.
    """
    if regions(country) is None:
        return lambda _: None
    left_out = frozenset(off)

    @cache
    def year(number: int) -> dict[date, str]:
        found = _holidays(country, region, language, [number])
        named = {day: [n for n in found.get_list(day) if n not in left_out] for day in found}
        return {day: ", ".join(names) for day, names in named.items() if names}

    return lambda day: year(day.year).get(day)


def holiday_names(country: str, region: str | None, language: str) -> list[str]:
    """Return the names of all holidays, each once."""
    if regions(country) is None:
        return []
    found = _holidays(country, region, language, NAMED_YEARS)
    return sorted({name for day in found for name in found.get_list(day)})


def _holidays(
    country: str, region: str | None, language: str, years: Iterable[int]
) -> holidays.HolidayBase:
    spoken = holidays.country_holidays(country, subdiv=region)
    names = [name for name in spoken.supported_languages if name[:2] == language]
    # Without a language the library takes the one of the machine: a name would change with it.
    spoken_in = names[0] if names else spoken.default_language
    return holidays.country_holidays(
        country, subdiv=region, years=years, expand=False, language=spoken_in
    )
