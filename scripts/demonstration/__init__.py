"""The demo: a scene, a call, the timeline as it happens, and whether it went as it must."""
