"""Lets ``python -m pbx_bridge`` do what ``pbx-bridge`` does."""

from pbx_bridge.cli import main

if __name__ == "__main__":
    main(prog_name="pbx-bridge")
