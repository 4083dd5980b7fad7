"""One night per test, which fails when something happens that the test did not look at."""

from collections.abc import AsyncIterator

import pytest
from night import Night


@pytest.fixture
async def night() -> AsyncIterator[Night]:
    """Anna, then Ben, two rounds."""
    on_call = Night("anna", "ben")
    await on_call.begin()
    yield on_call
    await on_call.end()
