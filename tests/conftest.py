"""What holds for every test."""

import gc
import os

import structlog
from hypothesis import settings

# Each line is drawn for a failure only: colours and framed tracebacks cost seconds for nothing.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]
)

# No test is timed: a busy machine must not fail one. In CI the examples are the same every time,
# so that a failure belongs to the change that is tested; on a desk they differ, and find more.
settings.register_profile(
    "pbx-bridge",
    deadline=None,
    derandomize="CI" in os.environ,
    max_examples=12,  # the suite runs on every save; `make proof` is for thousands
    print_blob=True,
)
settings.register_profile("proof", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "pbx-bridge"))


def pytest_collection_finish() -> None:
    """Spare the collector what lives to the end: it took a tenth of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
