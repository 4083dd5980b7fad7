"""Reads the file: from text to `Config`, or to the list of everything that is wrong with it."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from pbx_bridge.config import checks
from pbx_bridge.config.brackets import with_lists
from pbx_bridge.config.keys import keys_of
from pbx_bridge.config.lines import KeyPath, key_lines, line_of
from pbx_bridge.config.notice_sections import PERSONAL_TOPICS, TOPICS
from pbx_bridge.config.policy_advice import policy_advice
from pbx_bridge.config.secret_files import read_secret
from pbx_bridge.config.sections import Config
from pbx_bridge.config.values import AMI_USER, COUNTRY, SHORT_NAME
from pbx_bridge.errors import ConfigError

MAX_DEPTH = 50
"""Tables and lists in each other, far more than a configuration has and what reads it stands."""

_AT_LINE = re.compile(r"^(.*?) \(at line (\d+), column \d+\)$", re.DOTALL)

_WRONG_TYPE = {
    "int_type": "must be a whole number, without quotes",
    "float_type": "must be a number, without quotes",
    "string_type": "must be text, in quotes",
    "bool_type": "must be true or false, without quotes",
    "tuple_type": "must be a list, in square brackets",
    "dict_type": "must be a table, in braces",
    "mapping_type": "must be a table, in braces",
    "dataclass_type": "must be a table",
    "path_type": "must be a path, in quotes",
    "date_type": "must be a date, like 2026-12-24",
    "date_parsing": "must be a date, like 2026-12-24",
    "date_from_datetime_parsing": "must be a date, like 2026-12-24",
}

_FORMS = {
    SHORT_NAME: "small letters a-z, digits and -, at most 20, like tomek",
    COUNTRY: "two capital letters, like DE",
    AMI_USER: "letters, digits and _ . -, at most 64, like pbx-bridge",
}
"""Patterns in words."""

_MAY_BE_SECRET = {
    *("notify", "url", "webhook", "apprise", "mail"),
    *("notify_file", "urls_file", "secret_file", "ami_secret_file", "pins_file"),
}
"""Keys whose own values are not repeated in a mistake: a secret may stand where its file should."""

_TOPICS = {"topics": TOPICS, "notify_topics": PERSONAL_TOPICS}
"""What may be chosen, which is not all that there are."""

_EXAMPLES = {
    "firm.zone": 'add zone = "Europe/Berlin" under [firm]',
    "firm.name": 'add name = "Your firm" under [firm]',
    "asterisk.dial": 'add dial = "PJSIP/{number}@YOUR-TRUNK" under [asterisk]',
    "policy.step": 'add [[policy.step]] with who = ["@primary"] below the [[policy]]',
    "policy.step.who": 'nobody can ever be rung; name somebody, like who = ["@primary"]',
    "technician": "add one [[technician]] for each person who can take a case",
    "speech": 'add [speech] with models = { de = "/var/lib/pbx-bridge/models/..." }',
}


@cache
def _reader() -> TypeAdapter[Config]:
    """Return what turns JSON into a configuration: built on first use, and once."""
    return TypeAdapter(Config)


def parse(text: str, *, source: str) -> Config:
    """
    Read the whole configuration.

    Args:
        text: the TOML text.
        source: what the mistakes call it, usually the path.

    Raises:
        ConfigError: each mistake is ``SOURCE:LINE: key: what is wrong; what to do``.
    """
    raw, found = with_lists(_table(text, source))
    found += checks.cross_mistakes(raw)
    config = None
    if isinstance(raw.get("policy"), dict):  # said once, by `cross_mistakes`
        del raw["policy"]
    try:
        # A TOML table has JSON's types; as JSON, lists may become tuples and texts paths,
        # while 1 is still no text and "1" no number.
        config = _reader().validate_json(json.dumps(raw, default=str))
    except ValidationError as exc:
        found += [_mistake(error) for error in exc.errors() if not _is_echo(error)]
    if config is None or found:
        raise ConfigError(placed(text, source, found))
    return config


def advice(text: str, *, source: str) -> list[str]:
    """
    Return what is allowed and still unwise, in lines like those of `ConfigError`.

    Raises:
        ConfigError: the text has mistakes.
    """
    raw, _ = with_lists(_table(text, source))
    found = [*checks.advice(raw), *policy_advice(parse(text, source=source))]
    return placed(text, source, found)


def placed(text: str, source: str, found: Iterable[checks.Mistake]) -> list[str]:
    """Return *found* in the order of the file, each as ``SOURCE:LINE: key: what is wrong``."""
    lines = key_lines(text)
    in_order = sorted((line_of(lines, path), _dotted(path), problem) for path, problem in found)
    return [f"{source}:{line}: {key}: {problem}" for line, key, problem in in_order]


def load(path: Path) -> Config:
    """
    Read the configuration from a file, and see that the secret of the AMI can be read.

    Raises:
        ConfigError: the file cannot be read or has mistakes, all of them listed.
    """
    text = read_text(path)
    config = parse(text, source=str(path))
    try:
        read_secret(config.asterisk.ami_secret_file)
    except ConfigError as exc:
        mistake = (("asterisk", "ami_secret_file"), str(exc))
        raise ConfigError(placed(text, str(path), [mistake])) from exc
    return config


def read_text(path: Path) -> str:
    """Return the text of the file; `ConfigError` says why it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        text = f"{path}: there is no such file; give its path with --config"
    except UnicodeDecodeError as exc:
        text = f"{path}: is not UTF-8 (byte {exc.start}); save it as UTF-8"
    except OSError as exc:
        text = f"{path}: cannot be read ({exc.strerror}); check its owner and mode"
    raise ConfigError([text])


def _table(text: str, source: str) -> dict[str, object]:
    try:
        table = tomllib.loads(text)
        if not _is_deep(table):
            return table
    except RecursionError:  # thousands of brackets; said below
        pass
    except tomllib.TOMLDecodeError as exc:
        place = _AT_LINE.match(str(exc))
        reason, line = (place[1], int(place[2])) if place else (str(exc), len(text.splitlines()))
        remedy = "correct this line, then check again"
        raise ConfigError([f"{source}:{line}: not valid TOML: {reason}; {remedy}"]) from exc
    raise ConfigError([f"{source}: is nested more than {MAX_DEPTH} deep; take some brackets out"])


def _is_deep(table: Mapping[str, object]) -> bool:
    """Whether something in it lies below `MAX_DEPTH`; it is not followed further."""
    level: list[Iterable[object]] = [table.values()]
    for _ in range(MAX_DEPTH):
        inner = [each for one in level for each in one]
        tables = [each.values() for each in inner if isinstance(each, dict)]
        level = [*tables, *(each for each in inner if isinstance(each, list))]
    return bool(level)


def _dotted(path: KeyPath) -> str:
    """Write a path as in the file, elements counted from 1: ``technician[2].number``."""
    parts = (f"[{part + 1}]" if isinstance(part, int) else f".{_spelled(part)}" for part in path)
    return "".join(parts).lstrip(".")


def _spelled(key: str) -> str:
    """Return a key as it may stand in a line: one with a line break would forge a second line."""
    return key if key.isprintable() else repr(key)


def _is_echo(error: ErrorDetails) -> bool:
    """Whether a list counts as too short only because of mistakes in its elements."""
    return error["type"] == "too_short" and bool(error["input"])


def _mistake(error: ErrorDetails) -> checks.Mistake:
    path = tuple(part for part in error["loc"] if part != "[key]")
    return path, _problem(path, error)


def _problem(path: KeyPath, error: ErrorDetails) -> str:
    limits = error.get("ctx", {})
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    given = "it" if key in _MAY_BE_SECRET else repr(error["input"])
    match error["type"]:
        case "missing":
            table = f"[{path[0]}]" if len(path) == 2 else f"[[{path[0]}]]"
            remedy = f"add {path[-1]} = ... under {table}" if len(path) > 1 else f"add [{path[0]}]"
            return f"is missing; {_example(path) or remedy}"
        case "unexpected_keyword_argument":
            near = get_close_matches(str(path[-1]), _known_keys(path[:-1]), n=1)
            remedy = f"did you mean {near[0]!r}?" if near else "take it out"
            return f"is no setting; {remedy}"
        case "greater_than_equal":
            return f"{error['input']} is too small; at least {limits['ge']}"
        case "less_than_equal":
            return f"{error['input']} is too big; at most {limits['le']}"
        case "value_error":
            return f"{given} {limits['error']}"
        case "enum":
            chosen = ", ".join(repr(topic.value) for topic in _TOPICS.get(key, ()))
            return f"{error['input']!r} is not allowed; one of {chosen or limits['expected']}"
        case "string_pattern_mismatch":
            form = _FORMS.get(limits["pattern"], f"it must match {limits['pattern']}")
            return f"{error['input']!r} has a wrong form; {form}"
        case "string_too_long":
            return f"is too long; at most {limits['max_length']} characters"
        case "too_short":
            return f"is empty; {_example(path) or 'give at least one'}"
        case kind:
            return f"{given} {_WRONG_TYPE.get(kind, error['msg'])}"


def _example(path: KeyPath) -> str | None:
    return _EXAMPLES.get(".".join(part for part in path if isinstance(part, str)))


def _known_keys(table: KeyPath) -> list[str]:
    section: type = Config
    for part in table:
        inner = {key.spelled: key.section for key in keys_of(section)}
        section = inner.get(str(part)) or section
    return [key.spelled for key in keys_of(section)]
