"""What the tests of the real database share."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

NOBODY = 65534


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Yield a folder that every user may look into; `tmp_path` is closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="pbxb-store-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def unprivileged() -> Callable[[], AbstractContextManager[None]]:
    """Return a block in which file permissions count, even when root runs the tests."""

    @contextmanager
    def as_nobody() -> Iterator[None]:
        if os.geteuid():
            yield
            return
        os.seteuid(NOBODY)
        try:
            yield
        finally:
            os.seteuid(0)

    return as_nobody
