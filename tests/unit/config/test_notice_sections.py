"""Who is told: each section by itself."""

import pytest
from configs import SMALLEST

from pbx_bridge.config import Config, parse
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.errors import ConfigError

HOOK = '\n[[webhook]]\nurl = "https://example.com/hook"\nsecret_file = "/etc/hook.secret"\n'


def read(text: str) -> Config:
    """Return the configuration with *text* at its end."""
    return parse(SMALLEST + text, source="c.toml")


def refusal(text: str) -> str:
    """Return the one mistake in *text*."""
    with pytest.raises(ConfigError) as caught:
        read(text)
    (mistake,) = caught.value.mistakes
    return mistake


def hook(url: str) -> str:
    """Return a webhook to *url*."""
    return HOOK.replace("https://example.com/hook", url)


def test_every_topic_reaches_a_webhook_unless_others_are_chosen() -> None:
    """No topic is silently out of reach."""
    everything, chosen = read(HOOK + 'name = "all"\n' + HOOK + 'topics = ["done"]\n').webhooks

    assert set(everything.topics) == set(Topic) - {Topic.TEST}
    assert chosen.topics == (Topic.DONE,)
    assert not chosen.include_transcript


def test_single_brackets_will_do_for_one_webhook() -> None:
    """Who has one need not know about arrays of tables."""
    (webhook,) = read(HOOK.replace("[[webhook]]", "[webhook]")).webhooks

    assert webhook.url == "https://example.com/hook"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/x", "http://[::1]/x", "http://localhost/x", "https://a.example"]
)
def test_https_or_this_machine(url: str) -> None:
    """What does not leave the machine needs no encryption."""
    assert read(hook(url)).webhooks[0].url == url


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://example.com/secret-path", "in the clear; use https"),
        ("http://127.0.0.1.example.com/", "in the clear; use https"),
        ("ftp://127.0.0.1/", "in the clear; use https"),
        ("crm.example.net/hook", "is no address"),
        ("https://example.com:99999/", "is no address"),
        ("https://exa mple.com/", "is no address"),
        ("https://me:pw@example.com/", "must not hold a user"),
        ("https://example.com/#x", "must not hold a user"),
    ],
)
def test_other_addresses_are_refused_without_repeating_them(url: str, problem: str) -> None:
    """The key is named, and the value stays out of the log."""
    mistake = refusal(hook(url))

    assert "webhook[1].url: it " in mistake
    assert problem in mistake
    assert url not in mistake


def test_test_is_no_topic_to_choose() -> None:
    """It is asked for on the command line."""
    assert "'test' is for pbx-bridge notify test only" in refusal(HOOK + 'topics = ["test"]\n')


def test_technician_is_told_only_what_concerns_him() -> None:
    """What others do is the office's business."""
    person = '[[technician]]\nname = "eva"\nnumber = "+491711234568"\nnotify = ["ntfy://x"]\n'

    mistake = refusal(person + 'notify_topics = ["resumed", "line-down"]\n')

    assert "a technician is not told of resumed" in mistake
    assert read(person).technicians[-1].notify_topics == (
        Topic.SHIFT_BEGINS,
        Topic.SHIFT_WITHDRAWN,
        Topic.ACCEPTED,
        Topic.EXHAUSTED,
        Topic.CONTESTED,
        Topic.DONE,
    )
