"""The stage on which the whole product is played."""

from collections.abc import Iterator

import pytest
from after_hours import AfterHours


@pytest.fixture(scope="session")
def night() -> Iterator[AfterHours]:
    """A box with pbx-bridge on it; each test begins its own night."""
    nights = AfterHours.on_free_ports()
    yield nights
    nights.stage.down()
