"""Prompts: texts per language, and the sounds that Asterisk plays for them."""

from pbx_bridge.adapters.prompts.rendering import Rendered, missing, render
from pbx_bridge.adapters.prompts.texts import REQUIRED, Prompt, load_texts, prompts_of

__all__ = ["REQUIRED", "Prompt", "Rendered", "load_texts", "missing", "prompts_of", "render"]
