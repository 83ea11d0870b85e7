"""The real desk at a real gateway: its map's frames, and stalls of its interface. Once with the whole fleet of the
pilot town on duty (1,165 terminals, voice and video), once with a city of 100,000 moving units (see `city_gateway`).

The window is offscreen at 1600 by 900; the map is panned and zoomed all the time. A stall is a time over 50 ms in which
the interface's loop did not come round. `DESK_SECONDS=300 make bench ONLY=desk` watches for five minutes.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from math import cos, sin
from pathlib import Path
from typing import Any, Protocol

import qasync
from PySide6.QtWidgets import QApplication

from comms.link.clock import WallClock
from console.__main__ import SWITCH_S
from console.app import Desk
from console.collecting import collecting_here
from console.embedded import Child, EmbeddedTown, Town
from console.front import Front
from console.media.audio import PacedAudio
from console.rehearsal_ear import Ear, Mouth
from console.settings import Loaded, Settings, SettingsFile
from tests.bench.city import UNITS as CITY_UNITS
from tests.bench.city_gateway import OFFICER, PASSWORD
from tests.bench.record import Record, record
from tests.bench.stalls import Pulse, let_desk_go_first, stall_record

TOWN_UNITS, SIZE = 1165, (1600, 900)
SECONDS = float(os.environ.get("DESK_SECONDS", "20"))
CHOSEN = [int(units) for units in os.environ.get("DESK_UNITS", f"{TOWN_UNITS},{CITY_UNITS}").split(",")]
READY_S, STALL_MS, FRAME_S = 120.0, 50.0, 1 / 60


class Watched:
    """A drawing whose paint is timed."""

    def __init__(self, drawing: Any) -> None:
        self.took_ms: list[float] = []
        self._paint = drawing.paint
        drawing.paint = self

    def __call__(self, *arguments: Any) -> None:
        started = time.perf_counter()
        self._paint(*arguments)
        self.took_ms.append((time.perf_counter() - started) * 1e3)


class Site(Protocol):
    """A gateway with its units, beside the desk."""

    @property
    def url(self) -> str: ...
    def sign_in(self) -> tuple[str, str]: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


class CitySite:
    """100,000 units that move."""

    def __init__(self, folder: Path) -> None:
        self._gateway = Child("gateway", ("tests.bench.city_gateway", str(folder)), folder / "gateway.log")
        self.url = ""

    def sign_in(self) -> tuple[str, str]:
        return str(OFFICER), PASSWORD

    async def start(self) -> None:
        await self._gateway.start()
        line = await self._gateway.ready_line(READY_S)
        self.url = f"ws://127.0.0.1:{json.loads(line)['listening']['port']}/v1"

    async def stop(self) -> None:
        await self._gateway.stop()


async def _watch(folder: Path, town: Site, units: int) -> tuple[list[float], Pulse]:
    clock, settings = WallClock(), Settings()
    desk = Desk(
        clock=clock,
        make_audio=lambda: PacedAudio(clock=clock.monotonic, produce=Mouth(), consume=Ear(clock.monotonic)),
        locale=settings.locale,
    )
    front = Front(desk, file=SettingsFile(folder / "settings.json"), loaded=Loaded(settings=settings))
    try:
        front.window.resize(*SIZE)
        front.window.show()
        await asyncio.wrap_future(desk.comms.submit(town.start))
        let_desk_go_first()
        await desk.connect(town.url, sign_in=town.sign_in())
        await _until_on_duty(desk, units)
        return await _move_about(front)
    finally:
        front.close()
        await asyncio.wrap_future(desk.comms.submit(town.stop))
        await desk.close()


async def _until_on_duty(desk: Desk, units: int) -> None:
    until = time.perf_counter() + READY_S
    while int(desk.store.positions.is_placed.sum()) < units * 0.9 and time.perf_counter() < until:
        await asyncio.sleep(0.1)


async def _move_about(front: Front) -> tuple[list[float], Pulse]:
    desk_map = front.window.parts.map
    desk_map.fit_area()
    home = desk_map.view
    frames, pulse = Watched(desk_map.drawing), Pulse()
    started = time.perf_counter()
    while (spent := time.perf_counter() - started) < SECONDS:
        level = home.zoom + 0.5 * (int(spent) % 8)
        desk_map.show_view(
            home.zoomed(level, home.width / 2, home.height / 2).panned(400 * sin(spent), 300 * cos(spent))
        )
        await asyncio.sleep(FRAME_S)
    return frames.took_ms, pulse


def records() -> list[Record]:
    sys.setswitchinterval(SWITCH_S)
    application = QApplication.instance() or QApplication([])
    QApplication.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    found: list[Record] = []
    with collecting_here(), loop:
        for units in CHOSEN:
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                town = EmbeddedTown(folder / "town", Town(units=units), is_lively=True)
                site = town if units == TOWN_UNITS else CitySite(folder / "city")
                found += _records(units, *loop.run_until_complete(_watch(folder, site, units)))
    return found


def _records(units: int, took_ms: list[float], pulse: Pulse) -> list[Record]:
    params = {"units": units, "seconds": SECONDS, "size": "1600x900"}
    return [
        record(
            "desk.frame", took_ms, unit="ms", params=params, baseline="itself", baseline_values=took_ms, target=12.0
        ),
        stall_record("desk.stall", pulse, over_ms=STALL_MS, params=params),
    ]


if __name__ == "__main__":
    from tests.bench.record import table

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.stdout.write(table(records()) + "\n")
