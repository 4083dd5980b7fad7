"""Speech models on disk: which there are, how they get here, whether they are whole."""

from pbx_bridge.adapters.models.fetch import Fetched, fetch
from pbx_bridge.adapters.models.folder import DEFAULT_FOLDER, find_model, verify
from pbx_bridge.adapters.models.manifest import Archive, Manifest, load_manifest

__all__ = [
    "DEFAULT_FOLDER",
    "Archive",
    "Fetched",
    "Manifest",
    "fetch",
    "find_model",
    "load_manifest",
    "verify",
]
