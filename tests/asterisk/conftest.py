"""The stage on which the whole product is played; which files may run at the same time."""

from collections.abc import Iterator
from typing import Any

import pytest
from after_hours import AfterHours

SHARE_PORTS = ("test_agi", "test_box", "test_mobiles")
"""Files whose boxes have ports of each other: one after the other, whatever runs beside them."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Keep the tests of a file in one process (`pytest -n 3`): they share a box."""
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415  only when it runs us

    class ByBox(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.partition("::")[0]
            return "ports" if path.endswith(tuple(f"{each}.py" for each in SHARE_PORTS)) else path

    return ByBox(config, log)


@pytest.fixture(scope="session")
def night() -> Iterator[AfterHours]:
    """A box with pbx-bridge on it; each test begins its own night."""
    nights = AfterHours.on_free_ports()
    yield nights
    nights.end()
