"""The keys of a section as they are spelled in the file."""

from pbx_bridge.config import Config, MailConfig, TechnicianConfig
from pbx_bridge.config.keys import keys_of


def test_keys_of_knows_spelling_and_tables() -> None:
    """What Python must call otherwise is still found by its name in the file."""
    keys = {key.spelled: key for key in keys_of(Config)}

    assert keys["technician"].section is TechnicianConfig
    assert keys["technician"].field == "technicians"
    assert keys["mail"].section is MailConfig
    assert "from" in [key.spelled for key in keys_of(MailConfig)]


def test_keys_of_a_plain_value_are_none() -> None:
    """A typo below a value that is no table has no proposal."""
    assert keys_of(int) == []
