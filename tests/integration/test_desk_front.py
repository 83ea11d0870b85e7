"""The desk's window at a real gateway: signing in by hand, keeping choices, and the last border."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from comms.fleet.town import DUTY_OFFICER, SAMPLE_PASSWORD
from comms.gateway.settings import Settings as GatewaySettings
from comms.link.clock import WallClock
from comms.link.state import LinkPhase
from comms.link.thread import CommsThread
from comms.protocol import pushes
from comms.protocol.errors import Locale, RefusalCode
from console.__main__ import EndSignals, make_audio, parse, run_desk
from console.app import Desk
from console.front import Front
from console.media.audio import PacedAudio
from console.rehearsal_hands import Eyes
from console.settings import Loaded, Settings, SettingsFile
from tests.support.desk import Site, make_site
from tests.support.qt_loop import run_on_qt
from ui.dialogs.sign_in import SignInDialog, SignInForm
from ui.main_window import MainWindow

SOON_S = 40.0


class FarGateway:
    """A gateway on a thread of its own, as it is a process of its own."""

    def __init__(self, folder: Path, settings: GatewaySettings | None = None) -> None:
        self._settings = settings
        self.thread = CommsThread(name="gateway")
        self.thread.start()
        self.site: Site = self.thread.submit(make_site, folder).result()
        self._is_up = threading.Event()
        self._stop = self.thread.submit(_event).result()
        self._served = self.thread.submit(self._serve)
        assert self._is_up.wait(SOON_S)

    async def _serve(self) -> None:
        async with self.site.serving(self._settings):
            self._is_up.set()
            await self._stop.wait()

    def close(self) -> None:
        self.thread.call(self._stop.set)
        self._served.result()
        self.thread.stop()


async def _event() -> asyncio.Event:
    return asyncio.Event()


class Bench:
    def __init__(self, folder: Path, loaded: Loaded, **words: str) -> None:
        clock = WallClock()
        self.file = SettingsFile(folder / "settings.json")
        self.desk = Desk(clock=clock, make_audio=lambda: PacedAudio(clock=clock.monotonic), locale=Locale.EN)
        self.front = Front(self.desk, file=self.file, loaded=loaded, **words)
        self.eyes = Eyes(self.desk.store)
        self.told: list[tuple[str, str, str]] = []
        self.front.window.acting.said.connect(lambda *words: self.told.append(words))

    async def see(self, claim: Callable[[], bool]) -> None:
        await self.eyes.see(claim, within_s=SOON_S)

    async def see_soon(self, claim: Callable[[], bool]) -> None:
        """What the store says nothing of."""
        async with asyncio.timeout(SOON_S):
            while not claim():
                await asyncio.sleep(0.01)

    @property
    def dialog(self) -> SignInDialog:
        found = self.front.window.findChild(SignInDialog)
        assert found is not None
        return found

    @property
    def is_online(self) -> bool:
        return self.desk.store.link.phase is LinkPhase.ONLINE


@asynccontextmanager
async def desk_front(folder: Path, loaded: Loaded | None = None, **words: str) -> AsyncIterator[Bench]:
    bench = Bench(folder, loaded or Loaded(settings=Settings(locale=Locale.EN)), **words)
    bench.front.window.show()
    try:
        yield bench
    finally:
        bench.eyes.unsubscribe()
        bench.front.close()
        await bench.desk.close()


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[FarGateway]:
    gateway = FarGateway(tmp_path / "data")
    yield gateway
    gateway.close()


def test_the_officer_signs_in_works_and_signs_out(
    qtbot: QtBot, qapp: QApplication, gateway: FarGateway, tmp_path: Path
) -> None:
    async def duty() -> None:
        async with desk_front(tmp_path, officer_name=DUTY_OFFICER) as bench:
            bench.front.ask_sign_in()
            assert bench.dialog.name_field.text() == DUTY_OFFICER
            bench.dialog.submitted.emit(SignInForm(gateway.site.url, DUTY_OFFICER, "wrong password"))
            await bench.see(lambda: bool(bench.dialog.error))
            bench.dialog.submitted.emit(SignInForm(gateway.site.url, DUTY_OFFICER, SAMPLE_PASSWORD))
            await bench.see(lambda: bench.desk.store.is_in_sync and bench.is_online)
            assert bench.file.load().settings.officer_name == DUTY_OFFICER
            assert isinstance(await bench.desk.actions.duty.note("接班"), pushes.Done)
            bench.desk.actions.voice.set_muted(True)
            bench.desk.set_volume(0.5)
            bench.desk.stop()
            bench.desk.try_again()
            bench.front.window.signOutWanted.emit()
            await bench.see(lambda: bench.desk.store.link.phase is LinkPhase.REFUSED)
            assert bench.dialog.isVisible()

    run_on_qt(qapp, duty())


def test_a_gateway_that_is_not_there_is_said_in_the_dialog(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    async def try_it() -> None:
        async with desk_front(tmp_path, url="ws://127.0.0.1:9/v1") as bench:
            bench.front.ask_sign_in()
            assert bench.dialog.url_field.text() == "ws://127.0.0.1:9/v1"
            form = SignInForm("ws://127.0.0.1:9/v1", DUTY_OFFICER, SAMPLE_PASSWORD)
            bench.dialog.submitted.emit(form)
            await bench.see(lambda: bool(bench.dialog.error))
            assert bench.desk.is_connected

    run_on_qt(qapp, try_it())


def test_choices_are_kept_and_closing_ends_the_desk(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    async def choose() -> None:
        loaded = Loaded(settings=Settings(locale=Locale.EN), put_aside=tmp_path / "old", fault="broken")
        async with desk_front(tmp_path, loaded) as bench:
            bench.front.window.keep_settings(Settings(locale=Locale.ZH_CN, theme="light"))
            assert bench.front.text.locale is Locale.ZH_CN
            bench.front.window.close()
            await bench.front.closed
            kept = bench.file.load().settings
            assert (kept.theme, kept.locale) == ("light", Locale.ZH_CN)
            assert kept.window

    run_on_qt(qapp, choose())


@pytest.mark.allow_warnings
def test_faults_are_said_and_the_desk_goes_on(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    async def break_things() -> None:
        async with desk_front(tmp_path) as bench:
            bench.desk.store.apply_push(pushes.Refused(code=RefusalCode.STORE_FAILED, text="The disk is full."))
            assert bench.told[-1] == ("danger", "The disk is full.", "store_failed")
            error = RuntimeError("a broken panel")
            sys.excepthook(RuntimeError, error, None)
            assert bench.told[-1][2] == "RuntimeError: a broken panel"
            bench.file.path.mkdir()
            bench.front.window.keep_settings(Settings(locale=Locale.EN))
            assert bench.told[-1][0] == "warn"

    run_on_qt(qapp, break_things())


def test_the_demonstration_starts_and_ends_with_its_window(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    options = parse(
        ["--demo", "--units", "3", "--folder", str(tmp_path), "--settings", str(tmp_path / "settings.json")]
    )

    async def demonstrate() -> int:
        running = asyncio.ensure_future(run_desk(options))
        async with asyncio.timeout(60):
            while not (windows := [one for one in qapp.topLevelWidgets() if isinstance(one, MainWindow)]):
                await asyncio.sleep(0.02)
            while not windows[0].controls.store.is_in_sync:
                await asyncio.sleep(0.05)
            windows[0].close()
            return await running

    assert run_on_qt(qapp, demonstrate()) == 0


def test_an_end_signal_closes_in_order(qtbot: QtBot, qapp: QApplication) -> None:
    async def end() -> None:
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        before = signal.getsignal(signal.SIGTERM)
        with EndSignals(lambda: ended.set_result(None)):
            os.kill(os.getpid(), signal.SIGTERM)
            async with asyncio.timeout(SOON_S):
                await ended
        assert signal.getsignal(signal.SIGTERM) is before

    run_on_qt(qapp, end())


def test_the_command_line_has_sensible_defaults() -> None:
    options = parse([])
    assert (options.demo, options.rehearse, options.url, options.units) == (False, False, None, 1165)
    audio = make_audio(Settings(is_echo_cancelled=False))
    audio.choose(microphone="", speaker="")
