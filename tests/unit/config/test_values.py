"""Single values: what is refused, and with which remedy."""

import pytest
from configs import changed

from pbx_bridge.config import LANGUAGES, parse
from pbx_bridge.config.values import is_loopback
from pbx_bridge.errors import ConfigError


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("192.168.1.5", False),
        ("localhost.example.com", False),
        ("", False),
    ],
)
def test_is_loopback_trusts_only_this_machine(host: str, expected: bool) -> None:
    """A name that only looks local is not."""
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('ami_host = "10.0.0.1"', "is reachable from other machines; use 127.0.0.1"),
        ('agi_host = "0.0.0.0"', "is reachable from other machines; use 127.0.0.1"),
        ('recordings_dir = "spool"', "is a relative path"),
        ('live_dir = "spool"', "is a relative path"),
        ('recordings_dir = "/var/our spool"', "f:6: asterisk.recordings_dir: "),
        ('recordings_dir = "/var/our spool"', "cannot stand in a dialplan; use letters a-z,"),
        ('prompts_dir = "/srv/grüße"', "cannot stand in a dialplan; use letters a-z,"),
        ('caller_id = "+49301234560\\nX: y"', "must be one line of printable text"),
    ],
)
def test_asterisk_section_refuses(line: str, expected: str) -> None:
    """Nothing listens beyond this machine, no path depends on where we were started."""
    with pytest.raises(ConfigError) as caught:
        parse(changed("[asterisk]", f"[asterisk]\n{line}"), source="f")

    assert expected in str(caught.value)


@pytest.mark.parametrize(
    "dial",
    [
        "PJSIP/123@trunk",
        "PJSIP/{number}@trunk&PJSIP/0900@trunk",
        "PJSIP/{number}@trunk,60,g",
        "PJSIP/{number}@{trunk}",
        "{number}",
        "PJSIP/{number}@trunk\\n",
    ],
)
def test_dial_holds_the_number_once_and_nothing_that_dials_more(dial: str) -> None:
    """An ampersand would ring a second number, a comma would set options."""
    with pytest.raises(ConfigError, match=r"must hold \{number\} once"):
        parse(changed("PJSIP/{number}@trunk", dial), source="f")


def test_dial_that_no_dialplan_can_hold_is_refused() -> None:
    """`dialplan install` would refuse it, after a check without mistakes."""
    with pytest.raises(ConfigError, match=r"asterisk\.dial: .* cannot stand in a dialplan"):
        parse(changed("PJSIP/{number}@trunk", "PJSIP/{number}@müller"), source="f")


@pytest.mark.parametrize(
    "zone", ["", "MEZ2", "Europe", "../etc/passwd", "/etc/localtime", "CET+1", "EST"]
)
def test_zone_is_an_iana_name(zone: str) -> None:
    """A folder, a path or an abbreviation, which knows no summer time, is no zone."""
    with pytest.raises(ConfigError, match="is no IANA time zone"):
        parse(changed("Europe/Berlin", zone), source="f")


def test_machine_without_time_zones_is_named_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small container lacks them; the zone in the file is right all the same."""
    monkeypatch.setattr("pbx_bridge.config.values.available_timezones", set)
    monkeypatch.setattr("pbx_bridge.config.values.ZoneInfo", {}.__getitem__)

    with pytest.raises(ConfigError, match="no zones on this machine; install tzdata"):
        parse(changed("Europe/Berlin", "Europe/Berlin"), source="f")


def test_empty_live_dir_switches_live_copies_off() -> None:
    """An empty text is the only way to say "none" in TOML."""
    config = parse(changed("[asterisk]", '[asterisk]\nlive_dir = ""'), source="f")

    assert config.asterisk.live_dir is None


@pytest.mark.parametrize("address", ["a", "a@b@c", "A <a@b.c>", "a@b.c\\nBcc: x@y.z", "a b@c.d"])
def test_mail_address_is_bare(address: str) -> None:
    """Whatever could open a second header or recipient is refused."""
    mail = f'[mail]\nhost = "h"\nfrom = "{address}"\nto = ["b@example.com"]\n[speech]'

    with pytest.raises(ConfigError, match="is no mail address"):
        parse(changed("[speech]", mail), source="f")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_may_be_the_firms(language: str) -> None:
    """The list in the code is the list that the file accepts."""
    text = changed("[firm]", f'[firm]\nlanguage = "{language}"').replace("{ de", f"{{ {language}")

    assert parse(text, source="f").firm.language == language


@pytest.mark.parametrize("host", ["", "mx example.com", "mx.example.com:25\\n", "-mx", "http://mx"])
def test_mail_host_is_a_bare_name(host: str) -> None:
    """A port or a scheme belongs elsewhere."""
    mail = f'[mail]\nhost = "{host}"\nfrom = "a@b.example"\nto = ["b@c.example"]\n[speech]'

    with pytest.raises(ConfigError, match="is no host name or address"):
        parse(changed("[speech]", mail), source="f")


def test_socket_path_that_linux_cannot_take_is_refused() -> None:
    """Bytes count, not letters; the service would start without commands."""
    path = "/run/" + "ż" * 51

    assert parse(changed("[speech]", f'[service]\nsocket = "{path}"\n[speech]'), source="f")
    with pytest.raises(ConfigError, match="is too long for a socket; at most 107"):
        parse(changed("[speech]", f'[service]\nsocket = "{path}x"\n[speech]'), source="f")
