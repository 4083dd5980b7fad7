"""The machine's own line."""

import platform

from benchmarks.machine import LIBRARIES, cpu_name, line


def test_name_of_the_processor() -> None:
    """The first core's name stands for all."""
    found = cpu_name("processor\t: 0\nmodel name\t: AMD EPYC\n\nmodel name\t: other\n")

    assert found == "AMD EPYC"


def test_processor_without_a_name() -> None:
    """ARM kernels name none: then the architecture."""
    found = cpu_name("processor\t: 0\nBogoMIPS\t: 48.00\n")

    assert found == platform.machine()


def test_line_leaves_out_what_was_not_used() -> None:
    """A run without calls has no Asterisk."""
    machine: dict[str, object] = {
        "at": "2026-11-22T04:47:37+00:00",
        "cores": 2,
        "cpu": "AMD EPYC",
        "memory_mb": 24105,
        "load": 1.4,
        "system": "Linux",
        "python": "3.11.7",
        "asterisk": None,
        "sqlite": "3.40.1",
        **dict.fromkeys(LIBRARIES, "1.0"),
    }

    found = line(machine)

    assert found.startswith("2026-11-22T04:47:37+00:00  2 cores of AMD EPYC, 24105 MB, load 1.4;")
    assert "python 3.11.7" in found
    assert "asterisk" not in found
