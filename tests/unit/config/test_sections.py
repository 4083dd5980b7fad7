"""What the core gets from the configuration."""

from datetime import timedelta
from pathlib import Path

from configs import SMALLEST

from pbx_bridge.config import MailConfig, parse
from pbx_bridge.core.policy import Technician

ANNA, BEN = Technician("anna", "+491711234567"), Technician("ben", "+491722345678")


def test_order_is_that_of_the_file_or_the_firms_own() -> None:
    """A firm of three need not write an order; one person may be in it twice."""
    own = SMALLEST + '[escalation]\norder = ["ben", "anna", "ben"]\n'

    assert parse(SMALLEST, source="f").order() == ("anna", "ben")
    assert parse(own, source="f").order() == ("ben", "anna", "ben")
    assert parse(own, source="f").roster() == (ANNA, BEN)


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


def test_technician_is_known_by_his_number() -> None:
    """As the trunk spells it; strangers are nobody."""
    config = parse(SMALLEST, source="f")

    assert config.technician_of("01711234567") == "anna"
    assert config.technician_of("491722345678") == "ben"
    assert config.technician_of("01721234567") is None
