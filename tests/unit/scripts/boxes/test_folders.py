"""The folder of a box and its templates."""

from pathlib import Path

import pytest
from boxes.faults import BoxError
from boxes.folders import check_path, fill, present_modules


def test_a_template_is_filled() -> None:
    """Addresses with a single @ are left alone."""
    assert fill("port = @AMI@ ; a@b", {"AMI": "15038"}) == "port = 15038 ; a@b"


def test_a_misspelt_name_in_a_template_is_noticed() -> None:
    """An unfilled place would be found by Asterisk, much later."""
    with pytest.raises(KeyError):
        fill("@NOPE@", {})


def test_modules_that_this_asterisk_lacks_are_left_out() -> None:
    """Other versions have other modules; the order of the rest stays."""
    text = "[modules]\nload = a.so\nload = b.so\nload = c.so\n"

    assert present_modules(text, {"c.so", "a.so"}) == "[modules]\nload = a.so\nload = c.so\n"


@pytest.mark.parametrize("path", ["/tmp/a,b", "/tmp/a;b", "/tmp/$x", "/tmp/" + "x" * 100])
def test_a_path_that_asterisk_cannot_take_is_refused(path: str) -> None:
    """The text names the option."""
    with pytest.raises(BoxError, match="--dir"):
        check_path(Path(path))


def test_an_ordinary_path_is_fine() -> None:
    """Spaces and dots do no harm."""
    check_path(Path("/home/anna b/.box/default-1"))
