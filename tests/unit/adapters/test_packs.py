"""Our rule files and the firm's own."""

import gc
from pathlib import Path

import pytest
from packs import shipped

from pbx_bridge.adapters.packs import lint, load_pack, shipped_languages
from pbx_bridge.errors import RulePackError


def test_four_languages_are_shipped() -> None:
    """A pack is a folder of TOML files."""
    assert shipped_languages() == ("de", "en", "pl", "ru")


@pytest.mark.parametrize("language", ["de", "en", "pl", "ru"])
def test_every_pack_lints_clean(language: str) -> None:
    """Our own files have no mistakes."""
    pack = shipped(language)

    assert pack.language == language
    assert len(pack.rules) > 80


def test_unknown_language_names_the_known() -> None:
    """The remedy is in the text."""
    with pytest.raises(RulePackError, match="there are de, en, pl, ru"):
        load_pack("fr")


def test_pack_is_kept_away_from_the_garbage_collector() -> None:
    """It would be looked through again and again, in the middle of calls."""
    pack = load_pack("ru")

    assert not any(each is pack for each in gc.get_objects())
    assert gc.isenabled()


def test_own_file_is_merged(tmp_path: Path) -> None:
    """One file of the firm switches our rule off and adds its own."""
    own = tmp_path / "own.toml"
    own.write_text(
        '[de.pack]\ntrade = "water"\noff = ["de.water.works"]\n'
        '[[de.rule]]\nid = "pool"\nurgency = "urgent"\nreason = "Pool"\npatterns = ["schwimmbad"]\n'
    )

    ids = {rule.rule_id for rule in load_pack("de", own).rules}

    assert "de.water.pool" in ids
    assert "de.water.works" not in ids


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"[de", "is not TOML"),
        (b"de = " + b"[" * 3000, "is nested too deep"),
        (b"\xff", "is not UTF-8"),
        (b"[fr]\n", "fr is no language"),
        (b"de = 3\n", "de must be a table"),
        (b"[de.pack]\noff = ['x']\n", "there is no rule x"),
    ],
)
def test_own_file_with_a_mistake_is_named(tmp_path: Path, content: bytes, text: str) -> None:
    """One clear error with the file, no traceback."""
    own = tmp_path / "own.toml"
    own.write_bytes(content)

    with pytest.raises(RulePackError, match=r"own\.toml") as caught:
        load_pack("de", own)
    assert text in str(caught.value)


def test_missing_own_file(tmp_path: Path) -> None:
    """A wrong path is one clear error."""
    with pytest.raises(RulePackError, match="cannot be read"):
        load_pack("de", tmp_path / "none.toml")


OWN = """
[ru.pack]
trade = "water"

[ru.asides]
phrases = ["да|нет .. да|нет"]

[[ru.fact]]
id = "own"
patterns = ["два|три .. три|пять"]

[[ru.rule]]
id = "cistern"
urgency = "urgent"
reason = "Цистерна"
patterns = [
  "бак|бочка .. бак|бочка",  # lint: meant
  "бак|куб .. куб|бочка",
]
"""


def test_lint_names_line_and_place(tmp_path: Path) -> None:
    """A pattern whose line says why it is meant is not named."""
    own = tmp_path / "own.toml"
    own.write_text(OWN, encoding="utf-8")

    found = [line.removeprefix(f"{own}:") for line in lint("ru", own)[1]]

    assert [line.split(": ")[:2] for line in found] == [
        ["6", "[asides]"],
        ["10", "fact own"],
        ["18", "rule ru.water.cistern"],
    ]


OTHERWISE = """
[[ru.rule]]
id="other"
urgency='urgent'
reason='Бак'
patterns=['бак', "бак|куб .. куб|бак"]
[ru.concepts]
"my-tank"=['бак|бочка .. бочка|куб']
[[ru.rule]]
patterns=['бак|куб .. куб|бак', 'куб'] # lint: meant
id='mine'
urgency='urgent'
reason='Бак'
"""


def test_lint_finds_the_line_in_any_form_of_toml(tmp_path: Path) -> None:
    """Either quote, with or without spaces, and an id below the patterns."""
    own = tmp_path / "own.toml"
    own.write_text(OTHERWISE, encoding="utf-8")

    found = [line.removeprefix(f"{own}:") for line in lint("ru", own)[1]]

    assert [line.split(": ")[:2] for line in found] == [
        ["8", "concept my-tank"],
        ["6", "rule ru.other.other"],
    ]


def test_lint_of_a_pattern_written_with_escapes_names_the_file(tmp_path: Path) -> None:
    """Its line is not looked for; the place is enough."""
    own = tmp_path / "own.toml"
    own.write_text('[ru.asides]\nphrases = ["\\u0434\u0430|нет .. да|нет"]\n', encoding="utf-8")

    (line,) = lint("ru", own)[1]

    assert line.startswith(f"{own}:1: [asides]")
