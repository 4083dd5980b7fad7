"""
The stage: a box with pbx-bridge installed on it, as a user would install it.

    with Stage(Path("/tmp/stage"), offset=1) as stage:
        stage.set_up(Scene(technicians=(("anna", mobile("103")),)))
        stage.start_service()
        report = stage.box.place_call(CallSpec(say="Wasserrohrbruch"))
        case = stage.wait_for_case(phase="acknowledged")
"""

from stage.scene import Scene, mobile
from stage.service import ServiceProcess
from stage.stage import Stage, StageError, own_folder

__all__ = ["Scene", "ServiceProcess", "Stage", "StageError", "mobile", "own_folder"]
