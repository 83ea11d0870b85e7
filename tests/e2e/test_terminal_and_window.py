"""The whole product: a gateway in its own process, the desk's real window, a worker's phone in a real browser."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Browser
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from comms.domain.ids import TalkgroupId, UnitId
from comms.fleet.town import DUTY_OFFICER, SAMPLE_PASSWORD
from comms.link.clock import WallClock
from comms.media.opus import Pcm
from comms.protocol.errors import Locale
from console.app import Desk
from console.front import Front
from console.media.audio import PacedAudio
from console.settings import Loaded, Settings, SettingsFile
from tests.e2e.conftest import TONE_HZ
from tests.support.browser import Complaints, phone
from tests.support.desk import make_site
from tests.support.gateway import spawn_gateway, stop_gateway
from tests.support.sound import oscillator, peak_hz
from tests.support.web_terminal import WebTerminal
from ui.theme import prepare

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="package")]
OFFICER_TONE_HZ = 1000.0
_EAR_SAMPLES = 12_000
_PATIENCE_S = 60.0
_TURN_S = 0.005


class Ear:
    """The officer's: the last quarter of a second, written by the comms thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heard: Pcm = np.zeros(0, np.int16)

    def take(self, block: Pcm) -> None:
        with self._lock:
            self._heard = np.concatenate((self._heard, block))[-_EAR_SAMPLES:]

    def hears(self, frequency_hz: float) -> bool:
        with self._lock:
            heard = self._heard
        is_loud = len(heard) == _EAR_SAMPLES and int(np.abs(heard.astype(np.int32)).max()) > 1000
        return is_loud and abs(peak_hz(heard) - frequency_hz) < 10


@dataclass(frozen=True)
class Hall:
    desk: Desk
    front: Front
    terminal: WebTerminal
    ear: Ear
    unit_id: UnitId

    async def until(self, claim: Callable[[], bool]) -> None:
        """Looked at on every turn of the interface."""
        async with asyncio.timeout(_PATIENCE_S):
            while not claim():
                await asyncio.sleep(_TURN_S)


async def _turn(application: QApplication) -> None:
    """Lets Qt live on this loop; the comms thread has its own."""
    while True:
        application.processEvents()
        application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        await asyncio.sleep(_TURN_S)


@asynccontextmanager
async def _window(application: QApplication, folder: Path, url: str, ear: Ear) -> AsyncIterator[tuple[Desk, Front]]:
    prepare(application)
    clock = WallClock()
    microphone = oscillator(OFFICER_TONE_HZ)
    desk = Desk(
        clock=clock,
        make_audio=lambda: PacedAudio(clock=clock.monotonic, produce=microphone, consume=ear.take),
        locale=Locale.ZH_CN,
    )
    front = Front(desk, file=SettingsFile(folder / "settings.json"), loaded=Loaded(settings=Settings()))
    turning = asyncio.create_task(_turn(application))
    try:
        front.window.resize(1920, 1080)
        front.window.show()
        front.window.activateWindow()
        await desk.connect(url, sign_in=(DUTY_OFFICER, SAMPLE_PASSWORD))
        yield desk, front
    finally:
        front.close()
        await desk.close()
        turning.cancel()
        await asyncio.wait([turning])


@pytest_asyncio.fixture(loop_scope="package")
async def hall(
    tmp_path: Path, qapp: QApplication, the_chromium: Browser, complaints: Complaints
) -> AsyncIterator[Hall]:
    site = await make_site(tmp_path / "gateway")
    unit_id = next(iter(site.codes))
    ear = Ear()
    async with AsyncExitStack() as stack:
        gateway = await spawn_gateway(site.data)
        stack.push_async_callback(stop_gateway, gateway)
        desk, front = await stack.enter_async_context(_window(qapp, tmp_path, gateway.url, ear))
        page = await stack.enter_async_context(phone(the_chromium, complaints=complaints))
        terminal = WebTerminal(page, f"http://127.0.0.1:{gateway.port}/terminal/")
        await terminal.prepare()
        await terminal.open(code=site.codes[unit_id])
        await terminal.start_duty()
        it = Hall(desk, front, terminal, ear, unit_id)
        await it.until(lambda: desk.store.is_in_sync and desk.store.media.is_up)
        yield it


def _press(widget: QWidget) -> None:
    QTest.mousePress(widget, Qt.MouseButton.LeftButton)


def _let_go(widget: QWidget) -> None:
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton)


def _pixels(widget: QWidget) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    """Height × width × (red, green, blue) of what is on the screen."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def _is_fake_camera(widget: QWidget) -> bool:
    """Chromium's fake camera is a green field with a turning pie; dark bars are left beside it."""
    red, green, blue = np.moveaxis(_pixels(widget).astype(int), 2, 0)
    return bool(np.mean((green > red + 60) & (green > blue + 60)) > 0.15)


async def test_the_officer_and_the_worker_talk_and_look(hall: Hall) -> None:
    window, store, terminal = hall.front.window, hall.desk.store, hall.terminal
    group = TalkgroupId(store.picture.units[hall.unit_id].affiliated[0])
    card = window.parts.talkgroups.card(group)
    if group not in store.affiliated:
        window.controls.listen(group, True)
        await hall.until(lambda: group in store.affiliated)
    # The worker holds the button; the officer hears him.
    await terminal.hold()
    await terminal.until_phase("granted")
    await hall.until(lambda: hall.ear.hears(TONE_HZ))
    await terminal.let_go()
    await terminal.until_phase("idle")
    # The officer holds his card's button; the worker hears him.
    _press(card.button)
    await terminal.until_phase("taken")
    assert abs(await terminal.hears(OFFICER_TONE_HZ) - OFFICER_TONE_HZ) < 10
    _let_go(card.button)
    await terminal.until_phase("idle")
    # 视频点呼: the worker agrees, and his camera's picture turns on the wall.
    window.selection.set_units((hall.unit_id,))
    window.controls.video_unit()
    await terminal.until_text(".asked", "请求查看您的摄像头")
    await terminal.page.click("#video-accept")
    await terminal.until_text(".video-state", "正在观看")
    tile = window.parts.wall.tiles[0]
    await hall.until(lambda: _is_fake_camera(tile))
    first = _pixels(tile)
    await hall.until(lambda: bool(np.mean(np.abs(_pixels(tile).astype(int) - first.astype(int)) > 40) > 0.005))
