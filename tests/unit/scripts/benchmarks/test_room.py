"""What many callers at once came to."""

from benchmarks.room import Caller, Crowd


def caller(backlogs_s: tuple[float, ...], rest_s: float, *, is_right: bool = True) -> Caller:
    """Return one of them."""
    return Caller(lags_s=(0.4, None), backlogs_s=backlogs_s, rest_s=rest_s, is_right=is_right)


def crowd(*callers: Caller) -> Crowd:
    """Return all of them."""
    return Crowd(callers=callers, cores=0.1, grown_mb=2.0)


def test_backlog_is_the_worse_of_during_and_after() -> None:
    """A recogniser that is late only at the end is late, too."""
    assert crowd(caller((0.1, 0.3), 0.01)).backlog_p95_s == 0.3
    assert crowd(caller((0.1,), 0.9), caller((), 0.2)).backlog_p95_s == 0.9


def test_wrong_transcripts_are_counted() -> None:
    """A crowd that is followed, but not understood, would be no figure."""
    assert crowd(caller((), 0.1), caller((), 0.1, is_right=False)).wrong == 1


def test_unknown_words_have_no_lag() -> None:
    """A word that was never known is left out, not counted as fast."""
    lag = next(
        one for one in crowd(caller((0.1,), 0.1)).figures() if one and "word known" in one.name
    )

    assert lag.values == (400.0,)
