"""Where the files are that ship beside the package: model manifest, dialplan."""

import sys
from pathlib import Path
from typing import Literal

from pbx_bridge.errors import BridgeError

CHECKOUT = Path(__file__).resolve().parents[2]
"""The folder that holds the package; in a checkout `models` and `dialplan` lie there too."""

INSTALLED = Path(sys.prefix) / "share" / "pbx-bridge"
"""Where an installation puts them (setup.cfg, data_files)."""


def shipped(
    name: Literal["models", "dialplan"],
    *,
    places: tuple[Path, ...] = (CHECKOUT, INSTALLED),
) -> Path:
    """
    Return the folder *name*.

    Raises:
        BridgeError: the installation is not complete.
    """
    marker = {"models": "manifest.toml", "dialplan": "extensions.conf"}[name]
    for place in places:
        if (place / name / marker).is_file():
            return place / name
    searched = " and ".join(str(place / name) for place in places)
    raise BridgeError(f"{name}/{marker} is not in {searched}; install pbx-bridge again")
