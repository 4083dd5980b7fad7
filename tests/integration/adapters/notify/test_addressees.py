"""From the configuration to everybody who is told."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from configs import SMALLEST
from structlog.testing import capture_logs

from pbx_bridge.adapters.notify.addressees import Unusable, addressees_of, report_unusable
from pbx_bridge.adapters.notify.push import PushNotifier, url_name
from pbx_bridge.config import Config, parse
from pbx_bridge.config.notice_sections import PERSONAL_TOPICS
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.errors import NotifyFailed
from pbx_bridge.ports import Addressee, Notice

pytestmark = pytest.mark.integration

NOTICE = Notice(key="k", subject="s", body="b")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Return a firm that tells everybody in every way."""
    (tmp_path / "hook.secret").write_text("s3cret")
    (tmp_path / "office.urls").write_text("json://office/x\n")
    (tmp_path / "ben.urls").write_text("json://ben/x\njson://ben/y\n")
    text = SMALLEST.replace(
        'language = "pl"', f'language = "pl"\nnotify_file = "{tmp_path}/ben.urls"'
    )
    extra = f"""
[mail]
host = "h"
from = "a@b.example"
to = ["c@d.example"]
security = "none"
[webhook]
name = "crm"
url = "https://example.com/hook"
secret_file = "{tmp_path}/hook.secret"
topics = ["done"]
include_number = false
[apprise]
urls_file = "{tmp_path}/office.urls"
include_number = true
"""
    return parse(text + extra, source="c")


def by_name(config: Config) -> dict[str, Addressee]:
    """Return the addressees by their names."""
    return {one.name: one for one in addressees_of(config)}


def test_everybody_is_there_each_url_by_itself(config: Config) -> None:
    """The names stay the same over restarts and give no URL away."""
    ben = [f"technician/ben/{url_name(f'json://ben/{path}')}" for path in "xy"]
    office = f"apprise/{url_name('json://office/x')}"

    assert list(by_name(config)) == ["mail", "webhook/crm", office, *ben]


def test_each_is_told_as_his_section_says(config: Config) -> None:
    """Topics, language, and what is personal."""
    mail, crm, office, ben, _ = addressees_of(config)

    assert (mail.is_brief, mail.with_number, mail.with_transcript) == (False, True, False)
    assert mail.language == "de"
    assert Topic.GAP_AHEAD in mail.topics
    assert (crm.topics, crm.with_number) == (frozenset({Topic.DONE}), False)
    assert (office.technician, office.language, office.with_number) == (None, "de", True)
    assert (ben.technician, ben.language, ben.with_number) == ("ben", "pl", True)
    assert (ben.topics, ben.with_transcript) == (frozenset(PERSONAL_TOPICS[:-1]), False)


async def test_without_apprise_one_line_says_so_and_the_others_work(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three URLs and one missing package: one line; the service goes on."""
    monkeypatch.setattr("pbx_bridge.adapters.notify.push.find_spec", lambda _: None)

    people = by_name(config)
    with capture_logs() as lines:
        report_unusable(config, people.values())

    (line,) = lines
    assert line["event"] == "notify.unusable"
    assert "-m pip install 'apprise>=" in line["reason"]
    unusable = [one for one in people.values() if isinstance(one.notifier, Unusable)]
    assert len(unusable) == 3
    with pytest.raises(NotifyFailed, match="pip install"):
        await unusable[0].notifier.send(NOTICE)


def test_list_that_cannot_be_read_keeps_nobody_from_ringing(config: Config, tmp_path: Path) -> None:
    """It is said, and the others are told."""
    (tmp_path / "ben.urls").unlink()

    people = by_name(config)
    with capture_logs() as lines:
        report_unusable(config, people.values())

    assert [line["event"] for line in lines] == ["notify.unusable"]
    assert "technician/ben/unreadable" in people
    assert isinstance(people[f"apprise/{url_name('json://office/x')}"].notifier, PushNotifier)


@pytest.mark.parametrize("content", [None, b"", b"\xff"])
def test_secret_that_cannot_be_read_is_said_at_the_start(
    config: Config, tmp_path: Path, content: bytes | None
) -> None:
    """Of the mail as of a webhook; both are built, and read it again for each notice."""
    secret = tmp_path / "hook.secret"
    secret.unlink() if content is None else secret.write_bytes(content)
    assert config.mail is not None
    mail = replace(config.mail, user="u", secret_file=tmp_path / "mail.secret")
    config = replace(config, mail=mail)

    people = by_name(config)
    with capture_logs() as lines:
        report_unusable(config, people.values())

    assert [(line["event"], line["to"]) for line in lines] == [
        ("notify.unusable", "mail"),
        ("notify.unusable", "webhook/crm"),
    ]
    assert not isinstance(people["mail"].notifier, Unusable)


def test_apprise_is_not_imported_by_the_service(config: Config) -> None:
    """Its 22 MB stay in a process that ends."""
    sys.modules.pop("apprise", None)

    addressees_of(config)

    assert "apprise" not in sys.modules
