"""The lock files are complete, exact and free of this machine's settings."""

import re
from configparser import ConfigParser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[3]

LOCKS = ("requirements-build.lock", "requirements.lock", "requirements-dev.lock")


def pins(lock: str) -> dict[str, str]:
    """Return name and version of every package that *lock* pins."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE))


def wanted(*extras: str) -> list[Requirement]:
    """Return what setup.cfg asks for at run time and in *extras*."""
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    lists = [config["options"]["install_requires"]]
    lists += [config["options.extras_require"][extra] for extra in extras]
    return [Requirement(line) for text in lists for line in text.split("\n") if line]


@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.lock", ()), ("requirements-dev.lock", ("test", "lint"))]
)
def test_lock_fits_setup_cfg(lock: str, extras: tuple[str, ...]) -> None:
    """Who changes a requirement runs `make lock`."""
    versions = pins(lock)

    stale = [
        str(requirement)
        for requirement in wanted(*extras)
        if not requirement.specifier.contains(versions.get(requirement.name.lower(), "0"))
    ]

    assert stale == []


def test_run_time_lock_is_part_of_the_other() -> None:
    """What was tested is what users install."""
    run_time, tested = pins("requirements.lock"), pins("requirements-dev.lock")

    assert run_time.items() <= tested.items()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    """A package that somebody replaced is not installed."""
    text = (ROOT / lock).read_text(encoding="utf-8")

    blocks = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]

    assert blocks
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_place(lock: str) -> None:
    """Where packages come from is the business of the machine that installs them."""
    text = (ROOT / lock).read_text(encoding="utf-8")

    assert re.findall(r"\w+://|--(?:extra-)?index-url|--find-links", text) == []
