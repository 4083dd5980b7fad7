"""What is wrong between values that look right one by one."""

import tomllib
from pathlib import Path

import pytest
from configs import SMALLEST, changed

from pbx_bridge.config import parse
from pbx_bridge.config.checks import SAMPLE_NUMBER, advice, cross_mistakes, number_mistake
from pbx_bridge.errors import ConfigError


def found(text: str) -> str:
    """Return what is wrong with a configuration that must not be accepted."""
    with pytest.raises(ConfigError) as caught:
        parse(text, source="f")
    return str(caught.value)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+491711234567", None),
        ("+48221234567", None),
        ("0171 1234567", 'is not in international form; write "+491711234567"'),
        ("+49 171 1234567", 'is not in international form; write "+491711234567"'),
        ("+4990012345678", "is no number that exists"),
        ("+499001234567", "is a premium number"),
        ("+441632960", "is no number that exists"),
        ("call me", "is no telephone number"),
        ("", "is no telephone number"),
    ],
)
def test_number_mistake_lets_only_numbers_pass_that_may_be_rung(
    number: str, expected: str | None
) -> None:
    """Only what exists, costs no premium and names its country is ever dialled."""
    mistake = number_mistake(number, "DE")

    assert mistake is None if expected is None else expected in str(mistake)


def test_number_without_country_is_read_with_the_firms_country() -> None:
    """The remedy names the number as it must be written."""
    assert 'write "+48512345678"' in str(number_mistake("512 345 678", "PL"))
    assert "is no telephone number" in str(number_mistake("512 345 678", "ZZ"))


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+49301234560", ["is still the number of the sample; the trunk may refuse"]),
        ("+48221234567", ["'+48221234567' is no number of the firm's country, DE; the trunk"]),
        ("+4930555100", []),
        (7, []),
    ],
)
def test_number_that_is_not_the_firms_is_advised_against(
    number: object, expected: list[str]
) -> None:
    """It works in the sample only: a trunk refuses what is not its customer's."""
    raw = {"asterisk": {"caller_id": number}, "mail": {"host": "h", "to": ["a@example.com"]}}

    found = [text for path, text in advice(raw) if path == ("asterisk", "caller_id")]

    assert [text.startswith(tuple(expected)) for text in found] == [True] * len(expected)


def test_sample_has_the_number_that_is_known_as_its_own() -> None:
    """Or nobody would be warned."""
    sample = Path(__file__).parents[3] / "docs" / "pbx-bridge.sample.toml"

    assert tomllib.loads(sample.read_text("utf-8"))["asterisk"]["caller_id"] == SAMPLE_NUMBER


def test_technician_names_are_unique() -> None:
    """Two of one name could not be told apart in the journal."""
    assert found(changed('"ben"', '"anna"')) == (
        "f:13: technician[2].name: 'anna' is there twice; choose another"
    )


@pytest.mark.parametrize("name", ["office", "mail"])
def test_what_is_no_person_lends_nobody_its_name(name: str) -> None:
    """`cases done --by office` would be said of a technician."""
    assert f"technician[2].name: '{name}' is not a person's" in found(changed('"ben"', f'"{name}"'))


def test_each_technician_has_his_own_number() -> None:
    """Otherwise one phone rings for two cases at once, and nobody knows who calls in."""
    assert found(changed("+491722345678", "+491711234567")) == (
        "f:14: technician[2].number: '+491711234567' is somebody else's already;"
        " give each his own number"
    )


def test_policy_names_only_technicians() -> None:
    """A typo is answered with the nearest name."""
    assert "'ana' is no [[technician]]; did you mean 'anna'?" in found(
        SMALLEST + '[escalation]\norder = ["ana"]\n'
    )


def test_firms_language_needs_a_model() -> None:
    """Without a model every message would be of unknown urgency."""
    assert "f:18: speech.models: has no model for 'de' (firm.language)" in found(
        changed("{ de =", "{ en =")
    )


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ('user = "u"\n', "mail.user: needs a password; add secret_file"),
        ('secret_file = "/s"\n', "mail.secret_file: is never used without user"),
        (
            'user = "u"\nsecret_file = "/s"\nsecurity = "none"\n',
            "mail.security: would send the password in the clear",
        ),
    ],
)
def test_mail_login_is_whole_and_never_in_the_clear(more: str, expected: str) -> None:
    """Half a login fails at night, a password on the wire is lost."""
    mail = '[mail]\nhost = "mx.example.com"\nfrom = "a@example.com"\nto = ["b@example.com"]\n'

    assert expected in found(SMALLEST + mail + more)


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"technician": 3, "escalation": 1, "speech": [], "firm": "x", "mail": None},
        {"technician": [1, {"name": 2, "number": 3}], "escalation": {"order": [1, None]}},
        {"firm": {"country": 3, "language": []}, "speech": {"models": 1}, "asterisk": {}},
    ],
)
def test_cross_mistakes_survives_values_of_any_type(raw: dict[str, object]) -> None:
    """Wrong types are reported by somebody else; here they must only not crash."""
    assert list(cross_mistakes(raw)) == []


def test_nothing_is_advised_where_there_is_a_mail() -> None:
    """Without it the firm is told that nobody is told."""
    assert list(advice({"mail": {"host": "mx.example.com"}})) == []
    assert [path for path, _ in advice({})] == [("mail",)]
