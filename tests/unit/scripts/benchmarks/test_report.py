"""The table for people, the document for machines."""

from benchmarks.figures import figure
from benchmarks.report import Section, document, table


def a_section() -> Section:
    """Return a section with a series, a single value, a note and a failure."""
    section = Section(name="calls", title="Calls", loads=(0.5, 1.25))
    section.add(figure("ring", "ms", [1.0, 2.0, 3.0]), None, figure("memory", "MB", [62.0]))
    section.notes.append("short prompts")
    section.failures.append("call 3: nobody was rung")
    return section


def test_table_shows_series_and_single_values() -> None:
    """A single value has no p95; notes and failures stand below; the load is in the head."""
    lines = table(a_section()).splitlines()

    assert lines[0] == "Calls  (load 0.5 -> 1.2)"
    assert lines[1].split() == ["n", "median", "p95", "min", "max"]
    assert lines[2].split() == ["ring", "(ms)", "3", "2", "3", "1", "3"]
    assert lines[3].split() == ["memory", "(MB)", "1", "62.0"]
    assert lines[4:] == ["  note: short prompts", "  FAILED: call 3: nobody was rung"]


def test_document_holds_the_machine_and_all_sections() -> None:
    """What a later run can be compared with."""
    found = document({"cores": 2}, [a_section()])

    section = a_section().to_dict()
    assert found == {"machine": {"cores": 2}, "sections": [section]}
    assert section["failures"] == ["call 3: nobody was rung"]
    assert section["load_after"] == 1.25
