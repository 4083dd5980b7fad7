"""A check's value."""

from pbx_bridge.core.check import CheckName, CheckState, failed, passed, skipped, warned


def test_each_kind_has_its_state() -> None:
    """Only what must change has a remedy."""
    name = CheckName.MODELS
    checks = [passed(name, "a"), warned(name, "b", "do"), failed(name, "c", "do")]

    assert [(check.state, check.remedy) for check in checks] == [
        (CheckState.OK, ""),
        (CheckState.WARNING, "do"),
        (CheckState.FAILED, "do"),
    ]


def test_skipped_check_says_what_it_waits_for() -> None:
    """Who reads it knows where to begin."""
    check = skipped(CheckName.LOCK, CheckName.AMI)

    assert (check.state, check.text) == (CheckState.SKIPPED, "not looked at: repair ami first")
