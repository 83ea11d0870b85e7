"""The hub's list in the real window while 20,000 real work orders come through the HTTP port of a real gateway at 200 a
second: from the POST to a list painted with them, and stalls of the interface.

The gateway and who sends are processes of their own, on the cores that the desk is measured on and after it.
`HUB_DESK_COUNT=2000 make bench ONLY=hub_desk` is a short look. The desk is at 1600 by 900, offscreen, with the list in
front, and the map shows them all. What is lost or doubled fails the run.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import qasync
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from comms.link.clock import WallClock
from console.__main__ import SWITCH_S
from console.app import Desk
from console.collecting import collecting_here
from console.embedded import Child
from console.front import Front
from console.media.audio import PacedAudio
from console.settings import Loaded, Settings, SettingsFile
from tests.bench.hub_site import DATA, RATE_HZ
from tests.bench.record import Record, record, table
from tests.bench.site import OFFICER, PASSWORD
from tests.bench.stalls import Pulse, stall_record
from ui.panels.hub import HubPanel

COUNT = int(os.environ.get("HUB_DESK_COUNT", "20000"))
READY_S, LOOK_S, STALL_MS, TARGET_S = 120.0, 0.25, 100.0, 1.0


class Painted(QObject):
    """When the list was first painted with each incident, seconds of the monotonic clock."""

    def __init__(self, hub: HubPanel) -> None:
        super().__init__()
        self._hub = hub
        self._next = 0
        self.at_s: dict[str, float] = {}
        hub.view.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self._note(time.perf_counter())
        return False

    def _note(self, now: float) -> None:
        columns, model = self._hub.model.columns, self._hub.model
        while self._next < len(columns) and model.place_of(columns.ids[self._next]) is not None:
            self.at_s[columns.ids[self._next]] = now
            self._next += 1


async def _watch(folder: Path) -> tuple[list[float], Pulse]:
    clock, settings = WallClock(), Settings()
    gateway = Child("gateway", ("tests.bench.hub_flood", str(folder), str(COUNT)), folder / "gateway.log")
    desk = Desk(clock=clock, make_audio=lambda: PacedAudio(clock=clock.monotonic), locale=settings.locale)
    front = Front(desk, file=SettingsFile(folder / "settings.json"), loaded=Loaded(settings=settings))
    try:
        front.window.resize(1600, 900)
        front.window.show()
        await asyncio.wrap_future(desk.comms.submit(gateway.start))
        line = await asyncio.wrap_future(desk.comms.submit(gateway.ready_line, READY_S))
        url = f"ws://127.0.0.1:{json.loads(line)['listening']['port']}/v1"
        await desk.connect(url, sign_in=(OFFICER, PASSWORD))
        await _until(lambda: desk.store.is_in_sync and desk.store.area is not None)
        front.window.controls.showing.emit("hub")
        front.window.parts.map.setFocus()
        await asyncio.sleep(2.0)
        painted, pulse = Painted(front.window.parts.hub), Pulse()
        (folder / "go").touch()
        await _until((folder / "sent.json").exists, within_s=READY_S + 2 * COUNT / RATE_HZ)
        sent = json.loads((folder / "sent.json").read_text())
        listed = COUNT - sent["outcomes"].get("quarantined", 0)
        await _until(lambda: len(painted.at_s) >= listed)
        (folder / "seen").touch()
        if await asyncio.wrap_future(desk.comms.submit(gateway.wait)) != 0:
            raise RuntimeError((folder / "gateway.log").read_text())
        return [painted.at_s[key] - at_s for key, at_s in sent["sent_s"].items() if key in painted.at_s], pulse
    finally:
        front.close()
        await asyncio.wrap_future(desk.comms.submit(gateway.stop))
        await desk.close()


async def _until(claim: Callable[[], bool], within_s: float = READY_S) -> None:
    until = time.perf_counter() + within_s
    while not claim() and time.perf_counter() < until:
        await asyncio.sleep(LOOK_S)


def records() -> list[Record]:
    if not DATA.exists():
        return []
    sys.setswitchinterval(SWITCH_S)
    application = QApplication.instance() or QApplication([])
    QApplication.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    with collecting_here(), loop, tempfile.TemporaryDirectory() as name:
        took_s, pulse = loop.run_until_complete(_watch(Path(name)))
    params = {"work_orders": COUNT, "a_second": RATE_HZ, "listed": len(took_s)}
    return [
        record(
            "hub.visible.painted",
            took_s,
            unit="s",
            params=params,
            baseline="itself",
            baseline_values=took_s,
            target=TARGET_S,
        ),
        stall_record("hub.stall", pulse, over_ms=STALL_MS, params=params),
    ]


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.stdout.write(table(records()) + "\n")
