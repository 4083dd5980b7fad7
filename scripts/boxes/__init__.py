"""
The box: a whole telephone world on one machine, for demo, tests and benchmarks.

    from boxes import Box, CallSpec

    box = Box(Path(".box/default"))
    box.up()
    report = box.place_call(CallSpec(say="Wasserrohrbruch", language="de"))
    box.down()
"""

from boxes.box import Box
from boxes.call import Call
from boxes.events import CarrierEvent
from boxes.faults import BoxError
from boxes.mobiles import MOBILES, Mobile
from boxes.ports import Ports
from boxes.raw_call import RawCall
from boxes.report import CallReport
from boxes.spec import ANONYMOUS, CallSpec, KeyPress, parse_keys

__all__ = [
    "ANONYMOUS",
    "MOBILES",
    "Box",
    "BoxError",
    "Call",
    "CallReport",
    "CallSpec",
    "CarrierEvent",
    "KeyPress",
    "Mobile",
    "Ports",
    "RawCall",
    "parse_keys",
]
