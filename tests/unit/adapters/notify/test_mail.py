"""What a mail looks like before it is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_bridge.adapters.notify.mail import compose, make, message_id
from pbx_bridge.config import MailConfig
from pbx_bridge.errors import ConfigError, NotifyFailed
from pbx_bridge.ports import Notice

MAIL = MailConfig(host="h", sender="line@example.com", to=("a@example.com", "b@example.com"))

BODY = "Straße, żółw, щит\n"


def notice(*, key: str = "17-3", subject: str = "case 17", body: str = "x") -> Notice:
    """Return a notice of case 17."""
    return Notice(key=key, case_id="17", subject=subject, body=body)


def test_compose_keeps_umlauts_in_subject_and_body() -> None:
    """Firms and streets have them."""
    message = compose(notice(subject="Fall 17: Müller", body=BODY), MAIL)

    assert message["Subject"] == "Fall 17: Müller"
    assert message.get_content() == BODY
    assert message["To"] == "a@example.com, b@example.com"
    assert message.as_bytes().isascii()


def test_compose_gives_the_same_notice_the_same_message_id() -> None:
    """A mail that is sent again is recognised by the reader's program."""
    first, again = compose(notice(), MAIL), compose(notice(), MAIL)

    assert first["Message-ID"] == again["Message-ID"]
    assert first["Message-ID"] != compose(notice(key="17-4"), MAIL)["Message-ID"]


@given(st.text(max_size=60).filter(lambda text: not text.isprintable()))
def test_compose_refuses_a_subject_with_control_characters(subject: str) -> None:
    """Caller data is hostile: a line break would begin a header of the caller's."""
    with pytest.raises(NotifyFailed, match="permanent"):
        compose(notice(subject=subject), MAIL)


@given(st.text(max_size=40))
def test_message_id_is_one_word_whatever_the_key(key: str) -> None:
    """A key is ours, and still nothing in it may open a header."""
    assert message_id(key, "a@example.com").removesuffix("@example.com>")[1:].isalnum()


def test_make_names_each_wrong_option() -> None:
    """A notifier is checked when it is built, not at night."""
    with pytest.raises(ConfigError) as caught:
        make({"host": "h", "from": "nobody", "to": []})

    assert [mistake.split(":")[0] for mistake in caught.value.mistakes] == ["mail.from", "mail.to"]
