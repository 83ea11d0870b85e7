"""From an arriving work order to a worker's phone showing the dispatch order: three keys, or three clicks, no more."""

import asyncio
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from comms.adapters.intake import Outcome, Received
from comms.domain.ids import JurisdictionId, SourceId, UnitId
from comms.domain.incident import Origin
from comms.domain.order import OrderPriority, Place
from comms.domain.source import Source
from comms.domain.unit import UnitStatus
from comms.domain.work_order import WorkOrder
from comms.fleet.town import DUTY_OFFICER, SAMPLE_PASSWORD
from comms.link.clock import WallClock
from comms.protocol import pushes
from comms.protocol.area import Area
from comms.protocol.commands import StatusSet
from comms.protocol.errors import Locale
from console.app import Desk
from console.front import Front
from console.media.audio import PacedAudio
from console.rehearsal_hands import Eyes, Hands
from console.rehearsal_unit import FieldUnit
from console.settings import Loaded, Settings, SettingsFile
from tests.integration.test_desk_front import FarGateway
from tests.support.desk import Site, new_id
from tests.support.qt_loop import run_on_qt

PICTURES = Path(os.environ["HUB_PICTURES"]) if "HUB_PICTURES" in os.environ else None
"""Where to keep what the officer sees, when somebody wants to look at it."""
SOON_S = 40.0
MOST = 3
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
URGENT = OrderPriority.URGENT
ORIGIN = Origin(source=SourceId("12345"), source_id="GD20261125000317")
WORDS = "市民来电：莲塘路 12 号门前井盖不见了，行人绕行"
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


class ServedGateway(FarGateway):
    """One that can be reached from inside as well: work orders come in at the hub's door."""

    async def _serve(self) -> None:
        async with self.site.serving() as self.running:
            self._is_up.set()
            await self._stop.wait()

    def hand_in(self, order: WorkOrder, jurisdiction_id: JurisdictionId) -> None:
        source = Source(id=order.origin.source, name="12345 热线", jurisdiction_id=jurisdiction_id)
        taken = self.thread.submit(self.running.gateway.hub.take, source, Received(order=order)).result()
        assert taken.outcome is Outcome.ACCEPTED


async def worker(site: Site, unit_id: UnitId, lat: float, lon: float) -> FieldUnit:
    unit = FieldUnit(site.url, unit_id, site.codes[unit_id], clock=WallClock(), new_id=new_id)
    await unit.start(timeout_s=SOON_S)
    await unit.request(StatusSet(id=new_id(), status=UnitStatus.AVAILABLE))
    await unit.stand_at(lat, lon)
    return unit


class Duty:
    """The real window at the real gateway. What the officer does is counted."""

    def __init__(self, folder: Path, size: tuple[int, int]) -> None:
        clock = WallClock()
        self.desk = Desk(clock=clock, make_audio=lambda: PacedAudio(clock=clock.monotonic), locale=Locale.ZH_CN)
        settings = Loaded(settings=Settings(locale=Locale.ZH_CN))
        self.front = Front(self.desk, file=SettingsFile(folder / "settings.json"), loaded=settings)
        self.window = self.front.window
        self.window.resize(*size)
        self.window.show()
        self.eyes, self.hands = Eyes(self.desk.store), Hands(self.window, PICTURES or folder)
        self.keys = self.clicks = 0

    async def until(self, claim: Callable[[], bool]) -> None:
        await self.eyes.see_turning(claim, within_s=SOON_S)

    async def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.keys += 1
        await self.hands.key(key, modifier)

    async def click(self, widget: QWidget) -> None:
        self.clicks += 1
        await self.hands.click(widget)

    async def click_tab(self) -> None:
        self.clicks += 1
        tabs = self.window.tabs
        middle = tabs.tabBar().tabRect(tabs.indexOf(self.window.parts.hub)).center()
        QTimer.singleShot(0, partial(QTest.mouseClick, tabs.tabBar(), LEFT, NONE, middle))

    def picture(self, name: str) -> None:
        if PICTURES:
            self.hands.picture_now(name)


@pytest.mark.parametrize(("by", "size"), [("keys", (1366, 768)), ("clicks", (1600, 900))])
def test_from_arrival_to_the_phone(by: str, size: tuple[int, int], qapp: QApplication, tmp_path: Path) -> None:
    gateway = ServedGateway(tmp_path / "data")
    thread, site = gateway.thread, gateway.site
    near_id, far_id, *_ = site.codes

    async def duty() -> None:
        officer = Duty(tmp_path, size)
        phones: list[FieldUnit] = []
        try:
            await officer.desk.connect(site.url, sign_in=(str(DUTY_OFFICER), SAMPLE_PASSWORD))
            store, hub = officer.desk.store, officer.window.parts.hub
            await officer.until(lambda: store.is_in_sync and store.area is not None and store.session is not None)
            here = middle_of(store.area)
            for unit_id, away in ((near_id, 0.0005), (far_id, 0.004)):
                made = thread.submit(worker, site, unit_id, here.lat + away, here.lon)
                phones.append(await asyncio.wrap_future(made))
            await officer.until(lambda: int(store.positions.is_placed.sum()) == 2)
            officer.hands.come_forward()
            assert store.session is not None
            order = WorkOrder(origin=ORIGIN, kind="井盖缺失", text=WORDS, priority=URGENT, lat=here.lat, lon=here.lon)
            await asyncio.to_thread(gateway.hand_in, order, store.session.jurisdiction_id)
            await officer.until(lambda: hub.unsent == 1)
            officer.picture(f"{by}_0_arrived")
            await (_by_keys if by == "keys" else _by_clicks)(officer)
            told = thread.submit(phones[0].until_push, pushes.OrderPush)
            got = await asyncio.wait_for(asyncio.wrap_future(told), SOON_S)
            assert (got.order.title, got.order.text, got.order.priority) == ("井盖缺失", WORDS, URGENT)
            assert got.order.unit_ids == (near_id,)
            assert got.order.place is not None
            assert officer.keys + officer.clicks <= MOST
            state = store.picture.incidents.states[ORIGIN.incident_id]
            await officer.until(lambda: bool(state.order_ids))
            officer.picture(f"{by}_3_sent")
        finally:
            officer.eyes.unsubscribe()
            for phone in phones:
                await asyncio.wrap_future(thread.submit(phone.stop))
            officer.front.close()
            await officer.desk.close()

    try:
        run_on_qt(qapp, duty())
    finally:
        gateway.close()


async def _by_keys(officer: Duty) -> None:
    window = officer.window
    await officer.key(Qt.Key.Key_N, ALT)
    await officer.until(lambda: window.selection.incident_ids == (ORIGIN.incident_id,))
    officer.picture("keys_1_opened")
    await officer.key(Qt.Key.Key_Return)
    await officer.until(window.parts.composer.isVisible)
    officer.picture("keys_2_order")
    await officer.key(Qt.Key.Key_Return, CTRL)


async def _by_clicks(officer: Duty) -> None:
    window = officer.window
    await officer.click_tab()
    await officer.until(lambda: window.selection.incident_ids == (ORIGIN.incident_id,))
    officer.picture("clicks_1_opened")
    await officer.click(button(window, "hub_dispatch"))
    await officer.until(window.parts.composer.isVisible)
    officer.picture("clicks_2_order")
    await officer.click(button(window, "composer_send"))


def button(window: QWidget, name: str) -> QPushButton:
    return next(found for found in window.findChildren(QPushButton, name) if found.isVisible())


def middle_of(area: Area | None) -> Place:
    """In the first grid of the area."""
    assert area is not None
    ring = area.grids[0].rings[0]
    lat = sum(point[0] for point in ring) / len(ring)
    return Place(lat=lat, lon=sum(point[1] for point in ring) / len(ring))
