"""Notifiers are found by their entry point."""

import pytest

from pbx_bridge.adapters.notify.mail import MailNotifier
from pbx_bridge.adapters.notify.registry import make_notifier
from pbx_bridge.errors import PluginNotFound


def test_make_notifier_finds_ours_as_it_would_a_strangers() -> None:
    """The built-in notifier proves that the extension point works."""
    options = {"host": "localhost", "from": "a@example.com", "to": ["b@example.com"]}

    assert isinstance(make_notifier("mail", options), MailNotifier)


def test_make_notifier_names_what_is_there() -> None:
    """A typo is answered with the list to choose from."""
    with pytest.raises(PluginNotFound, match=r"'pigeon' is not installed; known: .*mail"):
        make_notifier("pigeon", {})
