"""Every mistake is reported at once, each with line, key and remedy."""

import pytest
from configs import SMALLEST, changed

from pbx_bridge.config import parse
from pbx_bridge.config.parsing import advice
from pbx_bridge.errors import ConfigError


def mistakes(text: str) -> list[str]:
    """Return what is wrong with a configuration that must not be accepted."""
    with pytest.raises(ConfigError) as caught:
        parse(text, source="f.toml")
    return caught.value.mistakes


def test_parse_accepts_what_a_firm_must_write_at_least() -> None:
    """Everything else has a default that is safe for a firm of three."""
    config = parse(SMALLEST, source="f.toml")

    assert [person.name for person in config.technicians] == ["anna", "ben"]
    assert config.asterisk.agi_port == 4573
    assert config.mail is None


def test_parse_reports_all_mistakes_at_once_in_the_order_of_the_file() -> None:
    """Form, range, foreign keys and cross checks do not hide each other."""
    text = changed("Europe/Berlin", "Europe/Berln") + (
        'live_slots = 100\n[escalation]\norder = ["kurt"]\nruonds = 2\n[log]\nlevel = "loud"\n'
    )

    assert mistakes(text) == [
        "f.toml:3: firm.zone: 'Europe/Berln' is no IANA time zone; for example \"Europe/Berlin\"",
        "f.toml:19: speech.live_slots: 100 is too big; at most 64",
        "f.toml:21: escalation.order: 'kurt' is no [[technician]]; known: anna, ben",
        "f.toml:22: escalation.ruonds: is no setting; did you mean 'rounds'?",
        "f.toml:24: log.level: 'loud' is not allowed; one of 'debug', 'info', 'warning' or 'error'",
    ]


def test_key_with_a_line_break_makes_no_second_line() -> None:
    """Each mistake is one line, whatever somebody calls his keys."""
    assert mistakes(SMALLEST + '"a\\nf.toml:1: firm" = 1\n') == [
        "f.toml:17: speech.'a\\nf.toml:1: firm': is no setting; take it out"
    ]


@pytest.mark.parametrize("where", ["[mail]\ntopics", "[[technician]]\nnotify_topics"])
def test_topics_that_are_offered_can_be_chosen(where: str) -> None:
    """'test' is refused, so it is not proposed."""
    found = mistakes(f'{SMALLEST}{where} = ["exhaustet"]\n')

    (line,) = (line for line in found if "is not allowed" in line)
    assert "'exhausted'" in line
    assert "'test'" not in line


def test_misspelt_section_is_not_blamed_for_its_holidays() -> None:
    """One typo, one line about it."""
    text = changed("[firm]", "[frim]") + '[hours]\nholidays_off = ["Boże Ciało"]\n'

    assert not [line for line in mistakes(text) if "holiday" in line]


def test_parse_demands_a_time_zone() -> None:
    """There is no default zone: a wrong one would ring the wrong person at night."""
    assert mistakes(changed('zone = "Europe/Berlin"\n', "")) == [
        'f.toml:1: firm.zone: is missing; add zone = "Europe/Berlin" under [firm]'
    ]


@pytest.mark.parametrize(
    "text",
    [
        'webhook = "https://example.com/s3cret"\n' + SMALLEST,
        'webhook = ["https://example.com/s3cret"]\n' + SMALLEST,
        'apprise = "ntfy://s3cret"\n' + SMALLEST,
        'mail = "smtp://me:s3cret@example.com"\n' + SMALLEST,
        SMALLEST.replace('name = "anna"', 'name = "anna"\nnotify_file = "ntfy://s3cret"'),
        SMALLEST.replace("[asterisk]", '[asterisk]\nami_secret_file = "s3cret"'),
        SMALLEST + '[call_in]\npins_file = "s3cret"\n',
    ],
)
def test_secret_in_the_wrong_place_is_not_repeated(text: str) -> None:
    """A mistake goes to a screen, a log, a ticket."""
    found = mistakes(text)

    assert found
    assert "s3cret" not in "".join(found)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("[firm\n", 1, "Expected"),
        ('[firm]\nname = "a"\nname = "b"\n', 3, "overwrite"),
        ("a", 1, ""),
    ],
)
def test_parse_names_the_line_of_broken_toml(text: str, line: int, reason: str) -> None:
    """A syntax error has a line too, the last one when the text ends too early."""
    (mistake,) = mistakes(text)

    assert mistake.startswith(f"f.toml:{line}: not valid TOML: ")
    assert reason in mistake


@pytest.mark.parametrize(
    "deep",
    ["x = " + "[" * 3000 + "]" * 3000, "x = " + "[" * 60 + "]" * 60, "x" + ".x" * 3000 + " = 1"],
)
def test_parse_refuses_what_is_nested_too_deep(deep: str) -> None:
    """A mistake like any other, however deep."""
    expected = ["f.toml: is nested more than 50 deep; take some brackets out"]

    assert mistakes(f"{SMALLEST}\n{deep}\n") == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"+491711234567"', "491711234567", "technician[1].number: 491711234567 must be text"),
        ("[speech]", "[spech]", "spech: is no setting; did you mean 'speech'?"),
        (
            '"anna"',
            '"Anna Ä"',
            "technician[1].name: 'Anna Ä' has a wrong form; small letters a-z, digits and -, at",
        ),
        ("[firm]", '[firm]\ncountry = "de"', "'de' has a wrong form; two capital letters, like DE"),
        (
            "[asterisk]",
            '[asterisk]\nagi_port = "4573"',
            "asterisk.agi_port: '4573' must be a whole",
        ),
        ("[asterisk]", "[asterisk]\nagi_port = true", "asterisk.agi_port: True must be a whole"),
        ("[asterisk]", '[asterisk]\nami_secret = "x"', "asterisk.ami_secret: is no setting"),
        ("[speech]", "[speech]\ndeadline_s = nan", "speech.deadline_s: "),
        ("[firm]", "firm = 3\n[firmx]", "firm: 3 must be a table"),
        ("{ de =", "{ xx =", "speech.models.xx: 'xx' has no prompts and rules"),
    ],
)
def test_parse_refuses_wrong_types_and_foreign_keys(old: str, new: str, expected: str) -> None:
    """Nothing is converted silently, nothing unknown is skipped."""
    assert any(expected in mistake for mistake in mistakes(changed(old, new)))


def test_list_whose_elements_are_wrong_is_not_called_empty() -> None:
    """The mistakes in it are told, and nothing else."""
    step = "[[policy.step]]\nwho = [1]\nlonger = 2\n"

    assert mistakes(f'{SMALLEST}\n[[policy]]\nname = "x"\n{step}') == [
        "f.toml:23: policy[1].step[1].who[1]: 1 must be text, in quotes",
        "f.toml:24: policy[1].step[1].longer: is no setting; take it out",
    ]


def test_parse_refuses_a_list_without_technicians() -> None:
    """A policy without anybody would end every case in the fallback."""
    head, _, _ = SMALLEST.partition("[[technician]]")

    found = mistakes("technician = []\n" + head + '[speech]\nmodels = { de = "/m" }\n')

    assert found == [
        "f.toml:1: technician: is empty; add one [[technician]] for each person who can take a case"
    ]


def test_advice_warns_of_the_carriers_mailbox_and_of_a_missing_mail() -> None:
    """What is allowed and unwise is said, and does not stop the service."""
    text = SMALLEST + "[escalation]\nring_timeout_s = 26\n"

    assert advice(text, source="f.toml") == [
        "f.toml:1: mail: is missing: when nobody takes a case, nobody is told; add [mail]",
        (
            "f.toml:20: escalation.ring_timeout_s: 26 s often reaches the carrier's mailbox;"
            " stay below 25"
        ),
    ]
