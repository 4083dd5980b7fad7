"""The command group `rules`."""

import json
from pathlib import Path

import packs
import pytest
from click.testing import CliRunner, Result

from pbx_bridge.cli.rules import rules


@pytest.fixture(autouse=True)
def loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read each pack once for all tests: that takes a tenth of a second."""
    monkeypatch.setattr("pbx_bridge.cli.rule_packs.load_pack", packs.loaded)


def run(*arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(rules, arguments, input=text)


def test_classify_answers_line_by_line() -> None:
    """Each message has one answer with the rules that spoke."""
    result = run("classify", text='{"id": "7", "text": "es riecht nach gas", "lang": "de"}\n\n')

    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert {key: answer[key] for key in ("id", "urgency", "ring", "category")} == {
        "id": "7",
        "urgency": "emergency",
        "ring": True,
        "category": "gas",
    }
    assert answer["reasons"][0]["rule"] == "de.gas.smell"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("x", "not JSON"),
        ("[1]", "an object with"),
        ('{"text": "a", "lang": "de"}', '"id" is missing'),
        ('{"id": 1, "text": "a", "lang": "de"}', '"id" must be a text'),
        ('{"id": "1", "lang": "de"}', '"text" is missing'),
        ('{"id": "1", "text": "a"}', '"lang" is missing'),
        ('{"id": "1", "text": "a", "lang": "fr"}', "there are rules for de"),
    ],
)
def test_bad_line_is_named_and_the_rest_judged(line: str, text: str) -> None:
    """One clear error with the line, exit status 1, and no message lost."""
    good = '{"id": "ok", "text": "", "lang": "de"}'

    result = run("classify", text=f"{line}\n{good}\n")

    assert result.exit_code == 1
    assert "line 1: " in result.stderr
    assert text in result.stderr
    assert json.loads(result.stdout)["id"] == "ok"


def test_language_may_be_given_once() -> None:
    """Lines without language take that of the command."""
    result = run("classify", "--lang", "de", text='{"id": "1", "text": "gasgeruch"}')

    assert json.loads(result.stdout)["urgency"] == "emergency"


def test_season_counts() -> None:
    """No heating in summer wakes nobody."""
    text = '{"id": "1", "text": "unsere heizung geht nicht", "lang": "de"}'

    urgencies = [
        json.loads(run("classify", *options, text=text).stdout)["urgency"]
        for options in ((), ("--season", "summer"))
    ]

    assert urgencies == ["urgent", "routine"]


def test_own_rules_with_a_mistake_end_the_command(tmp_path: Path) -> None:
    """One clear error instead of one per line."""
    own = tmp_path / "own.toml"
    own.write_text("[de.pack]\nof = []\n")

    result = run("classify", "--own", str(own), text='{"id": "1", "text": "a", "lang": "de"}')

    assert result.exit_code == 1
    assert "of is not known" in result.stderr


def test_explain_shows_the_way() -> None:
    """Words, rules and negations of one text."""
    result = run("explain", "es riecht nach gas aber kein rauch", "--lang", "de")

    assert result.stdout.startswith("emergency (gas)")
    assert "negation  'kein' reaches <rauch>" in result.stdout
    assert result.stdout.endswith("certain while it is spoken: after <es riecht nach gas aber>\n")


def test_explain_says_that_a_pause_makes_it_certain() -> None:
    """The rule stands in the last words: nobody has to say more for the early ring."""
    whole, calm = (
        run("explain", text, "--lang", "en") for text in ("it smells of gas", "please call back")
    )

    assert whole.stdout.splitlines()[-1] == (
        "certain while it is spoken: at the pause that follows,"
        " or after one more word that takes nothing back"
    )
    assert calm.stdout.endswith("certain while it is spoken: never\n")


def test_lint_counts_all_packs_and_names_what_is_doubtful(tmp_path: Path) -> None:
    """A line for each language; a pattern of the firm's own on standard error, none of ours."""
    own = tmp_path / "own.toml"
    own.write_text('[de.concepts]\npipe = ["zu|dicht .. zu|offen"]\n')

    result = run("lint", "--own", str(own))

    assert result.exit_code == 0
    assert [line[:2] for line in result.stdout.splitlines()] == ["de", "en", "pl", "ru"]
    (line,) = result.stderr.splitlines()  # more: mend the pattern, or `# lint: why` on its line
    assert line.startswith(f"{own}:2: concept pipe:")


def test_lint_names_what_is_wrong(tmp_path: Path) -> None:
    """A mistake ends the command."""
    own = tmp_path / "own.toml"
    own.write_text('[de.concepts]\npipe = ["zu||dicht"]\n')

    result = run("lint", "--own", str(own))

    assert result.exit_code == 1
    assert "nothing stands beside" in result.stderr


def test_score_counts_a_folder(tmp_path: Path) -> None:
    """Figures per language and for all, with and without a list of ids."""
    rows = [
        {"id": "a", "lang": "de", "text": "gasgeruch", "urgency": "emergency"},
        {"id": "b", "lang": "de", "text": "rechnung", "urgency": "emergency"},
    ]
    (tmp_path / "x.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "ids.txt").write_text("b\n")
    without = run("score", str(tmp_path), "--without", str(tmp_path / "ids.txt"), "--json")
    only = run("score", str(tmp_path), "--only", str(tmp_path / "ids.txt"))

    assert json.loads(without.stdout.splitlines()[0])["ring_recall"] == 1.0
    assert "emergencies not rung 1" in only.stdout


def test_score_speaks_word_by_word(tmp_path: Path) -> None:
    """How many emergencies would ring early, and what would do so wrongly."""
    rows = [
        {
            "id": "a",
            "lang": "de",
            "text": "hier riecht es nach gas im keller",
            "urgency": "emergency",
        },
        {"id": "b", "lang": "de", "text": "hier riecht es nach gas im keller", "urgency": "none"},
    ]
    (tmp_path / "x.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    words = run("score", str(tmp_path), "--growing").stdout
    (first, _) = run("score", str(tmp_path), "--growing", "--json").stdout.splitlines()

    assert "certain early 1 (100.0 %)" in words
    assert "false certain: 1 routine or none, 0 urgent" in words
    assert json.loads(first)["false_certain"] == 1


@pytest.mark.parametrize(
    "line",
    [
        "x",
        '{"id": "1", "text": "a", "lang": "de", "urgency": "loud"}',
        '{"id": "1", "text": "a", "lang": "fr", "urgency": "none"}',
    ],
)
def test_score_names_the_bad_line(tmp_path: Path, line: str) -> None:
    """A gold file with a mistake is not scored at all."""
    (tmp_path / "x.jsonl").write_text(line)

    result = run("score", str(tmp_path))

    assert result.exit_code == 1
    assert "x.jsonl, line 1" in result.stderr
