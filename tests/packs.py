"""Small rule packs for tests, read from TOML as a firm would write it."""

import tomllib
from functools import lru_cache
from pathlib import Path

from pbx_bridge.adapters.packs import load_pack
from pbx_bridge.core.rulefile import read
from pbx_bridge.core.rulepack import RulePack

SMALL = """
[pack]
name = "small"
version = "7"
fillers = ["äh"]

[negation]
right = ["kein*", "ohne"]
right_span = 2
near = ["nicht"]
left = ["keiner"]
left_span = 1
stops = ["aber", "und"]
inert = ["nicht .. stoppen"]

[zones.past]
markers = ["letzte woche"]
breaks = ["aber", "jetzt"]

[asides]
phrases = ["feuer wehr haus", "feuerwehrhaus"]

[concepts]
pipe = ["*rohr", "leitung"]
burst = ["geplatzt", "rohrbruch"]

[topics]
water = ["wasser*"]

[[fact]]
id = "baby"
patterns = ["baby*"]

[[rule]]
id = "burst"
urgency = "emergency"
category = "water"
certain = true
reason = "Rohrbruch"
patterns = ["@burst", "@pipe .. geplatzt"]
unless = ["übung"]

[[rule]]
id = "fire"
urgency = "emergency"
category = "electricity"
reason = "Feuer"
patterns = ["feuer|rauch"]

[[rule]]
id = "cold"
urgency = "urgent"
category = "heating"
reason = "Keine Heizung"
patterns = ["keine heizung"]

[[rule]]
id = "cold-baby"
urgency = "emergency"
category = "heating"
reason = "Kälte mit Säugling"
patterns = ["keine heizung & #baby & {..14} grad"]

[[rule]]
id = "quote"
urgency = "routine"
category = ""
reason = "Angebot"
patterns = ["angebot"]

[[rule]]
id = "summer"
urgency = "routine"
category = "heating"
weight = 9
reason = "Sommer"
patterns = ["keine heizung & #summer"]
"""


def pack(text: str = SMALL, language: str = "de") -> RulePack:
    """Return the pack that *text* makes; raise `RulePackError` for its mistakes."""
    return read({"test.toml": tomllib.loads(text)}, language)


_load = lru_cache(load_pack)


def loaded(language: str, own: Path | None = None) -> RulePack:
    """As `load_pack`, and each pack is read once for all tests: a tenth of a second each."""
    return _load(language, own)


def shipped(language: str) -> RulePack:
    """Return our own pack of *language*."""
    return loaded(language)
