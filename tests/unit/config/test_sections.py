"""What the core gets from the configuration."""

from datetime import timedelta
from pathlib import Path

from configs import SMALLEST

from pbx_bridge.config import MailConfig, parse
from pbx_bridge.core.policy import Technician

ANNA, BEN = Technician("anna", "+491711234567"), Technician("ben", "+491722345678")


def test_policy_rings_all_in_file_order_when_no_order_is_given() -> None:
    """A firm of three need not write a policy at all."""
    policy = parse(SMALLEST, source="f").policy()

    assert [group.technicians for group in policy.groups()] == [(ANNA,), (BEN,)]
    assert {step.ring_timeout for step in policy.steps} == {timedelta(seconds=22)}
    assert policy.rounds == 2


def test_policy_rings_who_is_on_call_and_never_nobody() -> None:
    """The rota decides; where it has a gap, the whole firm is rung."""
    config = parse(SMALLEST, source="f")

    assert config.policy(("ben",)).people() == (BEN,)
    assert config.policy(()).people() == (ANNA, BEN)
    assert config.roster() == (ANNA, BEN)


def test_policy_follows_the_configured_order_and_times() -> None:
    """One person may be a step more than once."""
    text = SMALLEST + (
        '[escalation]\norder = ["ben", "anna", "ben"]\nrounds = 1\nring_timeout_s = 20\n'
        "round_pause_s = 7\nanswer_limit_s = 40\n"
    )

    policy = parse(text, source="f").policy()

    assert [group.technicians for group in policy.groups()] == [(BEN,), (ANNA,), (BEN,)]
    assert {step.ring_timeout for step in policy.steps} == {timedelta(seconds=20)}
    assert policy.rounds == 1
    assert policy.round_pause == timedelta(seconds=7)
    assert policy.answer_limit == timedelta(seconds=40)


def test_limits_come_from_message_and_speech() -> None:
    """The units change exactly once, here."""
    text = SMALLEST + "deadline_s = 3.5\n[message]\nmax_s = 90\nsilence_s = 6\n"

    limits = parse(text, source="f").limits()

    assert limits.message == timedelta(seconds=90)
    assert limits.silence == timedelta(seconds=6)
    assert limits.verdict == timedelta(seconds=3.5)


def test_languages_are_the_firms_first_then_the_technicians() -> None:
    """A technician hears his own language, a stranger the firm's."""
    config = parse(SMALLEST, source="f")

    assert config.languages() == ("de", "pl")
    assert [config.language_of(name) for name in ("anna", "ben", "eve")] == ["de", "pl", "de"]


def test_mail_options_are_spelled_as_in_the_file() -> None:
    """A notifier gets the table of its section, ours as a stranger's."""
    mail = MailConfig(host="h", sender="a@b.c", to=("d@e.f",), secret_file=Path("/s"))

    options = mail.options()

    assert options["from"] == "a@b.c"
    assert "sender" not in options
    assert options["include_transcript"] is False
