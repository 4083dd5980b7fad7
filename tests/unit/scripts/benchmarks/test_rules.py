"""The messages that the rules are measured with."""

import json
from pathlib import Path

import pytest
from benchmarks.report import NotMeasuredError
from benchmarks.rules import growing, messages


def test_transcript_grows_word_by_word() -> None:
    """Its last state is the whole text; an empty one never begins."""
    assert list(growing("ein rohr bruch")) == ["ein", "ein rohr", "ein rohr bruch"]
    assert list(growing("")) == []


def test_labels_are_no_input(tmp_path: Path) -> None:
    """Only what a classifier may see is read."""
    row = {"id": "a", "text": "hilfe", "lang": "de", "urgency": "emergency"}
    (tmp_path / "dev_de.jsonl").write_text(json.dumps(row) + "\n")

    found = list(messages(tmp_path))

    assert found == [{"id": "a", "text": "hilfe", "lang": "de"}]


def test_no_corpus_is_said(tmp_path: Path) -> None:
    """Rather than zero messages a second."""
    with pytest.raises(NotMeasuredError, match="no messages in"):
        list(messages(tmp_path))
