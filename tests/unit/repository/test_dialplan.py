"""Our dialplan, read: what must stand in every context, and what must never stand in one."""

import re
import tomllib
import warnings
from pathlib import Path

import pytest
from asterisk.config import Config as AsteriskFile

from pbx_bridge.adapters.prompts.texts import REQUIRED
from pbx_bridge.runtime.leases import RENEWALS_PER_LEASE

ROOT = Path(__file__).resolve().parents[3]
EXTENSIONS = ROOT / "dialplan" / "extensions.conf"
README = (ROOT / "dialplan" / "README.md").read_text(encoding="utf-8")
TEXT = "\n".join(
    line for line in EXTENSIONS.read_text(encoding="utf-8").splitlines() if line[:1] != ";"
)

ERRANDS = {"pbxb-report", "pbxb-doctor", "pbxb-check"}
"""Contexts without a case: nothing is lost when the daemon does not finish."""

Place = tuple[str, str]
"""Context and extension."""


def read() -> dict[Place, list[str]]:
    """Return the steps of each extension, as a second party's parser reads the file."""
    steps: dict[Place, list[str]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # pyst2 leaves the file open
        categories = AsteriskFile(str(EXTENSIONS)).categories
    for category in categories:
        exten = ""
        for item in category.items:
            if item.name == "exten":
                exten, _, rest = item.value.partition(",")
            else:
                rest = item.value
            priority, _, application = rest.strip().partition(",")
            label = re.search(r"\((\w+)\)", priority)
            step = f"{label[1]}: {application}" if label else application
            steps.setdefault((category.name, exten.strip()), []).append(step)
    return steps


STEPS = read()
LINES = [(place, step) for place, steps in STEPS.items() for step in steps]


def arguments(text: str) -> list[str]:
    """Split at commas that stand in no brackets."""
    parts, depth = [""], 0
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        if char == "," and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def calls_of(application: str) -> list[tuple[Place, list[str]]]:
    """Return the arguments of each use of an application, with its place."""
    found = []
    for place, step in LINES:
        for use in re.finditer(rf"\b{application}\(", step):
            depth, end = 1, use.end()
            while depth:
                depth += (step[end] == "(") - (step[end] == ")")
                end += 1
            found.append((place, arguments(step[use.end() : end - 1])))
    return found


def test_it_is_read_whole() -> None:
    """A second party's parser finds every context and step that stands in the file."""
    assert list(dict.fromkeys(context for context, _ in STEPS)) == re.findall(
        r"^\[(.+)\]$", TEXT, re.MULTILINE
    )
    assert len(LINES) == len(re.findall(r"^(?:exten| same) ?=>", TEXT, re.MULTILINE))


def test_caller_is_cleaned_before_anything_else() -> None:
    """A caller can put line breaks into what AGI and AMI send as lines."""
    first = STEPS["pbxb-incoming", "s"]
    cleaned = ["CALLERID(num)", "CALLERID(name)", "CALLERID(dnid)", "REDIRECTING(from-num)"]

    for step, name in zip(first, cleaned, strict=False):
        assert step.startswith(f"Set({name}=${{FILTER("), step
    assert first[4] == "Set(REDIRECTING(from-name)=)"


@pytest.mark.parametrize("place", [place for place, step in LINES if "AGI(agi:" in step])
def test_agi_has_a_lease_and_its_end_is_checked(place: Place) -> None:
    """A daemon that hangs loses the call, and one that died is noticed."""
    steps = STEPS[place]
    at = next(number for number, step in enumerate(steps) if "AGI(agi:" in step)

    assert "Set(TIMEOUT(absolute)=" in steps[at - 1]
    assert "Set(AGIEXITONHANGUP=yes)" in " ".join(steps[:at])
    assert steps[at].endswith(",@AGI_SECRET@)")
    if place[0] not in ERRANDS:
        assert steps[at + 1] == "Set(TIMEOUT(absolute)=0)"
        assert re.match(r'GotoIf\(\$\["\$\{PBXB_(DONE|OWNED)\}"="1"\]\?', steps[at + 2])
        assert STEPS[place[0], "T"][0] == "Set(TIMEOUT(absolute)=0)"


def test_one_lost_renewal_does_not_lose_a_new_session() -> None:
    """Two renewals after the begin there is still some lease left."""
    begun = re.findall(r"Set\(TIMEOUT\(absolute\)=\$\[@LEASE@ \* (\d+) / (\d+)\]\)", TEXT)

    assert len(begun) == TEXT.count("@LEASE@") == 4
    assert all(int(part) / int(whole) > 2 / RENEWALS_PER_LEASE for part, whole in begun)


def test_a_late_renewal_does_not_hang_up() -> None:
    """Wherever a leased channel spends seconds, it goes on when the time is up."""
    entered = {target.split(",")[0] for _, target in _jumps()}
    waiting = {
        context
        for (context, exten), steps in STEPS.items()
        if re.search(r"\b(Read|Dial|Record|Playback|AGI)\(", " ".join(steps))
    }
    unleased = {"pbxb-screen", "pbxb-lost"} | ERRANDS

    assert waiting & entered - unleased <= {context for context, exten in STEPS if exten == "T"}


def test_status_of_agi_is_never_judged() -> None:
    """AGISTATUS is SUCCESS for a daemon killed in the middle; only the doctor prints it."""
    assert {place[0] for place, step in LINES if "AGISTATUS" in step} <= {"pbxb-doctor"}


@pytest.mark.parametrize("forbidden", ["System(", "SHELL(", "TrySystem(", "${EVAL(", "_X", "_+"])
def test_dangerous_things_do_not_occur(forbidden: str) -> None:
    """No program is started, and no pattern lets a stranger dial out."""
    assert [step for _, step in LINES if forbidden in step] == []


def test_no_extension_is_a_pattern() -> None:
    """Exact names only: what is not expected has no place to go."""
    assert [place for place in STEPS if place[1].startswith("_")] == []


@pytest.mark.parametrize("place_and_call", calls_of("Dial"))
def test_dial_is_bounded_and_cannot_be_transferred(place_and_call) -> None:
    """Each ring has a time limit, screening, and no way to send the call elsewhere."""
    _, (channel, seconds, options) = place_and_call
    letters = re.sub(r"\([^()]*(\([^()]*\)[^()]*)*\)", "", options)

    assert channel == "@DIAL@"
    assert seconds == "@RING@"
    assert "U(pbxb-screen^" in options
    assert not set(letters) & set("tTkKxXhHwW")


def test_the_list_is_rung_in_one_place_and_asked_in_one() -> None:
    """What is written twice is mended once."""
    assert [place for place, _ in calls_of("Dial")] == [("pbxb-ring", "s")]
    asked = {place for place, _ in calls_of("Read")}
    assert asked - {("pbxb-doctor", "modules")} == {("pbxb-accept", "s")}
    locked = {place for place, step in LINES if "LOCK(pbxb-$" in step}
    assert locked == {("pbxb-accept", "s"), ("pbxb-remember", "store")}


def test_only_the_installations_numbers_are_dialled() -> None:
    """A number from AstDB is taken into the list only when the installation knows it."""
    lists = [step for _, step in LINES if "Set(PBXB_LIST=" in step and step != "Set(PBXB_LIST=)"]
    dialled = [step for _, step in LINES if "Set(PBXB_NUMBER=" in step]

    assert lists[0].startswith("ExecIf($[${FIELDNUM(PBXB_KNOWN,&,${PBXB_NUMBER})} > 0]?")
    assert lists[1:] == ['end: Set(PBXB_LIST=${IF($["${PBXB_LIST}"=""]?@ON_CALL@:${PBXB_LIST:1})})']
    assert "place: Set(PBXB_NUMBER=${CUT(PBXB_LIST,&,${PBXB_PLACE})})" in dialled
    assert "Set(LOCAL(PBXB_KNOWN)=@ROSTER@)" in STEPS["pbxb-ring", "list"]


def test_there_is_time_to_press_without_any_prompt() -> None:
    """A prompt that is missing returns at once; the question after it is a tone, and a wait."""
    steps = STEPS["pbxb-accept", "s"]
    spoken, silent = [n for n, step in enumerate(steps) if "Read(" in step]

    assert "@PROMPTS@/screen" in steps[spoken]
    assert steps[silent] == "Read(PBXB_KEY,,1,,1,5)"
    assert steps[silent - 1].startswith("Playtones(!")


def test_accepted_is_said_only_when_it_is_stored() -> None:
    """A false word would let the one who heard it drive to a case that another has."""
    said = [step for _, step in LINES if "screen-accepted" in step]

    assert len(said) == 2
    for step in said:
        assert step.startswith('ExecIf($["${GOSUB_RETVAL}"="stored"]?Playback(')


@pytest.mark.parametrize("place", [("pbxb-accept", "s"), ("pbxb-remember", "store")])
def test_what_was_stored_is_read_back(place: Place) -> None:
    """Set(DB()) fails in silence when AstDB is locked or its disk is full."""
    steps = STEPS[place]
    at = next(number for number, step in enumerate(steps) if re.search(r"Set\(DB\(", step))
    row = re.search(r"Set\((DB\(.*\))=", steps[at])
    assert row is not None

    assert any(f"${{{row[1]}}}" in step for step in steps[at + 1 :])


def test_every_jump_has_a_target() -> None:
    """A typing mistake would hang the caller up."""
    labels = {(*place, step.partition(":")[0]) for place, step in LINES if re.match(r"\w+: ", step)}
    missing = []
    for here, target in _jumps():
        parts = target.split(",")
        context, exten, spot = [*here[: 3 - len(parts)], *parts] if len(parts) < 3 else parts
        if spot == "1" and (context, exten) in STEPS:
            continue
        if (context, exten, spot) not in labels:
            missing.append((here, target))

    assert missing == []


def _jumps() -> list[tuple[Place, str]]:
    found = []
    for place, step in LINES:
        found += [(place, target) for target in re.findall(r"\]\?([\w-]+(?:,\w+)*)\)", step)]
        found += [(place, target) for target in re.findall(r"\bGoto\(([^)]*)\)", step)]
        found += [(place, target) for target in re.findall(r"\bGosub\(([\w-]+,\w+,\w+)", step)]
        for context, exten, spot in re.findall(r"F\(([\w-]+)\^(\w+)\^(\w+)\)", step):
            found.append((place, f"{context},{exten},{spot}"))
        found += [(place, f"{name},s,1") for name in re.findall(r"U\(([\w-]+)\^", step)]
        found += [(place, target) for target in re.findall(r"push\)=([^)]*)\)", step)]
        found += [(place, f"{name},s,1") for name in re.findall(r"exten,([\w-]+),s,1", step)]
        found += [(place, f"{name},s,1") for name in re.findall(r"Local/s@([\w-]+)/n", step)]
    return found


@pytest.mark.parametrize("language", sorted(p.stem for p in ROOT.glob("pbx_bridge/prompts/*.toml")))
def test_every_prompt_exists_in_every_language(language: str) -> None:
    """A missing sound would be a silent gap."""
    path = ROOT / "pbx_bridge" / "prompts" / f"{language}.toml"
    known = tomllib.loads(path.read_text(encoding="utf-8"))
    played = set(re.findall(r"@PROMPTS@/([a-z-]*[a-z])\b(?!-\$)", TEXT))

    assert played
    assert played <= {*known["texts"], *known["tones"]}
    assert {f"digit-{digit}" for digit in range(10)} <= set(known["texts"])
    assert played <= set(REQUIRED)


def _named(pattern: str, text: str) -> set[str]:
    return set(re.findall(pattern, text))


def _in_the_package(pattern: str) -> set[str]:
    files = (ROOT / "pbx_bridge").rglob("*.py")
    return set().union(*(_named(pattern, path.read_text(encoding="utf-8")) for path in files))


def test_no_machine_guesses_whether_a_human_answered() -> None:
    """Answering machine detection is slow and wrong; only a key counts."""
    assert [line for line in LINES if re.search(r"\bAMD\b", line[1])] == []


def test_every_variable_is_explained_and_every_explained_one_is_used() -> None:
    """Who reads the dialplan finds who sets a variable, and why."""
    variable = r"PBXB_[A-Z]+\b"
    used = _named(variable, TEXT) | _in_the_package(variable)

    assert set(re.findall(r"^\| `(PBXB_[A-Z]+)` \|", README, re.MULTILINE)) == used


def test_every_context_is_explained_and_every_explained_one_is_there() -> None:
    """The list of contexts is complete."""
    explained = re.findall(r"^\| `(pbxb-[a-z-]+)` \|", README, re.MULTILINE)

    assert sorted(explained) == sorted({context for context, _ in STEPS})


def test_every_astdb_family_is_explained_and_every_explained_one_is_used() -> None:
    """Who looks into AstDB finds what each row means."""
    explained = set(re.findall(r"^\| `(pbxb-[a-z]+)/", README, re.MULTILINE))

    assert explained == _named(r"DB\((pbxb-[a-z]+)/", TEXT)


def test_every_event_is_explained_and_every_explained_one_is_sent() -> None:
    """What the daemon listens for is what the dialplan sends."""
    explained = set(re.findall(r"^\| `(PBXB[A-Z][a-z]+)` \|", README, re.MULTILINE))

    assert explained == _named(r"UserEvent\((PBXB[A-Z][a-z]+),", TEXT)
