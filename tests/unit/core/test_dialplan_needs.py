"""A module that is not loaded is found before a caller finds it."""

import re
from pathlib import Path

from pbx_bridge.core.check import CheckState
from pbx_bridge.core.dialplan_needs import APPLICATIONS, FUNCTIONS, modules_check

DIALPLAN = Path(__file__).resolve().parents[3] / "dialplan"


def test_everything_is_loaded() -> None:
    """Nothing to do."""
    assert modules_check(()).state is CheckState.OK


def test_each_that_is_missing_is_named_with_its_command() -> None:
    """Recording needs one, counting legs another."""
    check = modules_check(("app_record", "func_groupcount"))

    assert check.state is CheckState.FAILED
    assert "app_record, func_groupcount" in check.text
    assert "module load func_groupcount.so" in check.remedy


def test_without_the_live_copy_it_works() -> None:
    """Later, but it works."""
    assert modules_check(("app_mixmonitor",)).state is CheckState.WARNING
    assert modules_check(("app_mixmonitor", "app_dial")).state is CheckState.FAILED


def test_context_that_says_nothing_is_a_warning() -> None:
    """An installed dialplan of an older release ends before that; app_exec may be missing."""
    check = modules_check(None)

    assert check.state is CheckState.WARNING
    assert "app_exec.so" in check.remedy


def test_dialplan_reports_exactly_these() -> None:
    """What the template asks and what we read are the same, and the README names them."""
    text = (DIALPLAN / "extensions.conf").read_text(encoding="utf-8")
    readme = (DIALPLAN / "README.md").read_text(encoding="utf-8")

    assert tuple(re.findall(r"&(app_\w+)-\$", text)) == APPLICATIONS
    assert tuple(re.findall(r"(func_\w+): \$", text)) == FUNCTIONS
    for module in APPLICATIONS + FUNCTIONS:
        assert f"`{module}`" in readme
