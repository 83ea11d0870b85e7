"""The no-answer ladder at the desk: every rung on the order's timeline and in the log, and one command to stop it."""

from PySide6.QtCore import Qt

from comms.domain.ladder import LadderClimbed, LadderEnd, LadderEnded, LadderRung
from comms.protocol.ladder_commands import LadderStop
from tests.support.drivers import WindowDriver
from tests.support.scene import ME, unit_id
from ui.commands import BY_ID
from ui.sentences import tell


def test_it_is_seen_and_stopped(driver: WindowDriver) -> None:
    scene, controls = driver.scene, driver.window.controls
    order_id = scene.issue("o1", 1, title="井盖破损")
    driver.window.selection.set_order(order_id)
    command = BY_ID["order_stop_ladder"]
    assert command.is_enabled(controls)
    scene.happen(
        LadderClimbed(order_id=order_id, unit_id=unit_id(1), rung=LadderRung.TEXT),
        LadderClimbed(order_id=order_id, unit_id=unit_id(1), rung=LadderRung.CALL, is_reached=False),
    )
    steps = driver.parts.orders.detail.steps_view.model()
    said = [steps.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(steps.rowCount())]
    assert "已发短信催应" in said[-2]
    assert "点呼未接通" in said[-1]
    told = tell(scene.store.log.events[-1], scene.store, scene.text)
    assert told is not None
    assert told.read(scene.text) == "“井盖破损”：王芳 未应答，点呼未接通"
    command.run(controls)
    assert scene.desk.last(LadderStop).order_id == order_id
    scene.happen(LadderEnded(order_id=order_id, unit_id=unit_id(1), end=LadderEnd.STOPPED), actor=ME)
    assert not command.is_enabled(controls)
    told = tell(scene.store.log.events[-1], scene.store, scene.text)
    assert told is not None
    assert told.read(scene.text) == "李建国 停止对 王芳 的自动催应（“井盖破损”）"
