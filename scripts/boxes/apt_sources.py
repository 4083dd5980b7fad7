"""Which Debian or Ubuntu archive this machine uses, read from its own apt sources."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from boxes.faults import BoxError

KEYRINGS = {
    "debian": "/usr/share/keyrings/debian-archive-keyring.gpg",
    "ubuntu": "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
}
COMPONENTS = {"debian": "main", "ubuntu": "main universe"}
DEBIAN_SUITES_WITH_ASTERISK = ("sid", "bullseye")
"""Debian 12 and 13 were released without Asterisk; newest first."""
_ROLLING_NAMES = {"stable", "oldstable", "testing", "unstable", "sid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AptSource:
    """One archive that apt on this machine knows."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A place to take Asterisk from: one suite of one archive, and who signs it."""

    uri: str
    suite: str
    components: str
    keyring: str

    @property
    def line(self) -> str:
        """The line for a sources.list."""
        return f"deb [signed-by={self.keyring}] {self.uri} {self.suite} {self.components}"


def parse_list(text: str) -> Iterator[AptSource]:
    """Yield the binary sources of a one-line-style file (`sources.list`)."""
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if not words or words[0] != "deb":
            continue
        rest = _without_options(words[1:])
        if len(rest) >= 3:  # address, suite, at least one component
            yield AptSource(uri=rest[0], suites=(rest[1],), components=tuple(rest[2:]))


def _without_options(words: list[str]) -> list[str]:
    if not words or not words[0].startswith("["):
        return words
    last = next((n for n, word in enumerate(words) if word.endswith("]")), len(words))
    return words[last + 1 :]


def parse_deb822(text: str) -> Iterator[AptSource]:
    """Yield the enabled binary sources of a deb822 file (`debian.sources`)."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for stanza in "\n".join(lines).split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in stanza.splitlines():
            if line[:1].isspace():
                fields[name] = f"{fields.get(name, '')} {line.strip()}"
            else:
                name, _, value = line.partition(":")
                name = name.strip().lower()
                fields[name] = value.strip()
        if "deb" not in fields.get("types", "").split() or fields.get("enabled") == "no":
            continue
        for uri in fields.get("uris", "").split():
            suites, components = fields.get("suites", ""), fields.get("components", "")
            yield AptSource(
                uri=uri, suites=tuple(suites.split()), components=tuple(components.split())
            )


def archives(sources: list[AptSource], distribution: str, codename: str) -> list[Archive]:
    """
    Return where to try, best first: this machine's own mirrors, suites that have Asterisk.

    Args:
        sources: what apt knows, in its order.
        distribution: `ID` of os-release.
        codename: `VERSION_CODENAME` of os-release, empty on sid.

    Raises:
        BoxError: no Debian or Ubuntu archive among *sources*.
    """
    own = {codename, *_ROLLING_NAMES} - {""}
    mirrors = [s.uri for s in sources if own & set(s.suites) and "main" in s.components]
    if distribution not in KEYRINGS or not mirrors:
        raise BoxError(
            "cannot fetch Asterisk: apt's sources name no Debian or Ubuntu archive;"
            " install Asterisk (with res_agi and PJSIP) so that `asterisk` is in PATH"
        )
    # A third party's repository may use the same suite names; the archive's own path does not lie.
    mirrors.sort(key=lambda uri: f"/{distribution}" not in uri)
    suites = dict.fromkeys(
        (codename,) if distribution == "ubuntu" else (*DEBIAN_SUITES_WITH_ASTERISK, codename)
    )
    return [
        Archive(
            uri=uri,
            suite=suite,
            components=COMPONENTS[distribution],
            keyring=KEYRINGS[distribution],
        )
        for suite in suites
        if suite
        for uri in dict.fromkeys(mirrors)
    ]


def parse_os_release(text: str) -> dict[str, str]:
    """Return the fields of an os-release file without their quotes."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {name: value.strip("\"'") for name, _, value in pairs}


def machine_archives(etc: Path = Path("/etc")) -> list[Archive]:
    """Return where this machine can take Asterisk from, best first; raise `BoxError` if nowhere."""
    sources: list[AptSource] = []
    for path in (etc / "apt/sources.list", *sorted((etc / "apt/sources.list.d").glob("*"))):
        if path.suffix == ".list" and path.is_file():
            sources += parse_list(path.read_text(errors="replace"))
        elif path.suffix == ".sources":
            sources += parse_deb822(path.read_text(errors="replace"))
    release = etc / "os-release"
    fields = parse_os_release(release.read_text()) if release.is_file() else {}
    return archives(sources, fields.get("ID", ""), fields.get("VERSION_CODENAME", ""))
