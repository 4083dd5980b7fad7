"""Who is told: mistakes across sections, and advice."""

import pytest
from configs import SMALLEST

from pbx_bridge.config import parse
from pbx_bridge.config.parsing import advice
from pbx_bridge.errors import ConfigError

HOOK = '\n[[webhook]]\nurl = "https://example.com/hook"\nsecret_file = "/etc/hook.secret"\n'
MAIL = '\n[mail]\nhost = "h"\nfrom = "a@b.example"\nto = ["c@d.example"]\nsecurity = "none"\n'
EVA = '\n[[technician]]\nname = "eva"\nnumber = "+491711234568"\n'
ROTATION = """
[[rotation]]
order = ["anna"]
starts_on = 2026-01-05
handoff_time = "08:00"
shift_weeks = 1
"""


def mistakes(text: str) -> list[str]:
    """Return the mistakes in *text*."""
    with pytest.raises(ConfigError) as caught:
        parse(SMALLEST + text, source="c")
    return caught.value.mistakes


def advised(text: str) -> str:
    """Return the advice about *text* in one."""
    return "\n".join(advice(SMALLEST + text, source="c"))


@pytest.mark.parametrize(
    ("text", "where", "problem"),
    [
        (HOOK + HOOK, "webhook[2].name", "'webhook' is there twice"),
        (EVA + 'notify = ["ntfy://x", "secret"]', "technician[3].notify", "entry 2 is no Apprise"),
        (EVA + 'notify = "ntfy://secret"', "technician[3].notify", "must be a list"),
        (EVA + 'notify_topics = ["accepted"]', "technician[3].notify_topics", "is never used"),
        ("\n[apprise]\n", "apprise", "tells nobody"),
        (EVA + 'notify = ["ntfy://x"]\n[apprise]\ntopics = []', "apprise.topics", "urls_file"),
    ],
)
def test_mistake_is_one_line_without_the_secret(text: str, where: str, problem: str) -> None:
    """File, line, key, what is wrong; a URL is a secret."""
    (mistake,) = mistakes(text)

    assert f"{where}: " in mistake
    assert problem in mistake
    assert "secret" not in mistake


def test_nobody_told_of_anything_is_advised() -> None:
    """The commonest way is proposed."""
    assert "mail: is missing: when nobody takes a case, nobody is told; add [mail]" in advised("")


@pytest.mark.parametrize("told", [HOOK + 'topics = ["done"]', MAIL + 'topics = ["line-down"]'])
def test_nobody_told_of_what_nobody_took_is_advised(told: str) -> None:
    """There are notifiers, and none of them for that: what is there is not called missing."""
    found = advised(told)

    assert 'when nobody takes a case, nobody is told of "exhausted"; add it to the topics' in found
    assert "is missing" not in found


@pytest.mark.parametrize("told", [HOOK, MAIL, '\n[apprise]\nurls_file = "/etc/office.urls"\n'])
def test_each_kind_of_notifier_is_enough(told: str) -> None:
    """It need not be a mail."""
    assert "nobody is told" not in advised(told + ROTATION)


def test_gap_that_nobody_hears_of_is_advised_where_there_can_be_one() -> None:
    """Without a rotation there is no gap."""
    quiet = MAIL + 'topics = ["exhausted", "line-down"]\n'

    assert "gap-ahead" not in advised(quiet)
    assert 'nobody is told of "gap-ahead"' in advised(quiet + ROTATION)


def test_check_that_nobody_hears_of_is_advised_where_phones_are_checked() -> None:
    """By itself, when a shift begins; by default nobody is."""
    quiet = MAIL + 'topics = ["exhausted", "line-down"]\n'

    assert "phone-check" not in advised(quiet)
    assert 'nobody is told of "phone-check"' in advised(f"{quiet}[notices]\ncheck_phones = true\n")
