"""The desk's sign-in by the identity service: window, browser, gateway and issuer, each at its own end of a socket."""

import asyncio
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import unquote

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from comms.adapters.issuer import IssuerPlan
from comms.fleet.town import DUTY_OFFICER
from comms.gateway.settings import Settings as GatewaySettings
from comms.link.thread import CommsThread
from comms.protocol.errors import Locale, RefusalCode
from tests.integration.test_desk_front import Bench, FarGateway, desk_front
from tests.support.issuer import CLIENT, SECRET, TestIssuer, running_issuer
from tests.support.qt_loop import run_on_qt
from ui.text import Texts


class Browser(QObject):
    """What opens pages on this machine: it keeps their addresses until the test goes there."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString(QUrl.ComponentFormattingOption.FullyEncoded))

    async def go(self) -> str:
        """To the page that was opened last, and where it sends one: what is shown there."""
        address = self.opened.pop()

        def fetch() -> str:
            try:
                with urllib.request.urlopen(address, timeout=20) as page:
                    return str(page.read().decode())
            except urllib.error.HTTPError as error:
                with error:
                    return f"{error.code}"

        return await asyncio.to_thread(fetch)


@pytest.fixture
def browser(qapp: QApplication) -> Iterator[Browser]:
    made = Browser()
    QDesktopServices.setUrlHandler("http", made, "open")  # type: ignore[arg-type]  # a word; the stub wants bytes, which it does not take
    yield made
    QDesktopServices.unsetUrlHandler("http")


class FarIssuer:
    """On a thread of its own, as it is another machine."""

    def __init__(self) -> None:
        self.thread = CommsThread(name="issuer")
        self.thread.start()
        self._context = running_issuer()
        self.issuer: TestIssuer = self.thread.submit(self._context.__aenter__).result()
        self.issuer.sub = DUTY_OFFICER

    def close(self) -> None:
        self.thread.submit(self._context.__aexit__, None, None, None).result()
        self.thread.stop()


@pytest.fixture
def issuer() -> Iterator[TestIssuer]:
    made = FarIssuer()
    yield made.issuer
    made.close()


@contextmanager
def gateway_of(folder: Path, plan: IssuerPlan) -> Iterator[FarGateway]:
    made = FarGateway(folder / "data", GatewaySettings(issuer=plan))
    try:
        yield made
    finally:
        made.close()


def press(place: QWidget, name: str) -> None:
    button = place.findChild(QPushButton, name)
    assert button is not None
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@asynccontextmanager
async def asked(folder: Path, gateway: FarGateway) -> AsyncIterator[Bench]:
    async with desk_front(folder, url=gateway.site.url) as bench:
        bench.front.ask_sign_in()
        yield bench


async def in_browser(bench: Bench, browser: Browser) -> str:
    await bench.see_soon(lambda: bool(browser.opened))
    return await browser.go()


async def forge(browser: Browser) -> None:
    """Pages that send the browser where the desk waits for it, with what the desk did not ask for."""
    query = dict(part.split("=", 1) for part in browser.opened[-1].partition("?")[2].split("&"))
    for forged in ("?state=x&code=y", "?error=access_denied", "?code=y", ""):
        browser.opened.append(unquote(query["redirect_uri"]) + forged)
        assert await browser.go() == "400"


def test_by_the_browser_one_signs_in_and_unlocks_the_desk(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, browser: Browser, issuer: TestIssuer
) -> None:
    plan = IssuerPlan(url=issuer.url, client_id=CLIENT, secret=SECRET)
    words = Texts(Locale.EN)

    async def duty(gateway: FarGateway) -> None:
        async with asked(tmp_path, gateway) as bench:
            issuer.says_no = True
            press(bench.dialog, "sign_in_issuer")
            assert bench.dialog.waiting.text() == words("sign_in.in_browser")
            assert "go back to the desk" in await in_browser(bench, browser)
            await bench.see_soon(lambda: bench.dialog.error == words.refusal(RefusalCode.ISSUER_REFUSED))
            issuer.says_no = False
            press(bench.dialog, "sign_in_issuer")
            await bench.see_soon(lambda: bool(browser.opened))
            press(bench.dialog, "sign_in_back")
            assert bench.dialog.waiting.isHidden()
            browser.opened.clear()
            press(bench.dialog, "sign_in_issuer")
            await bench.see_soon(lambda: bool(browser.opened))
            await forge(browser)
            assert "go back to the desk" in await in_browser(bench, browser)
            await bench.see(lambda: bench.desk.store.is_in_sync and bench.is_online)
            lock = bench.front.window.lock
            lock.lock()
            press(lock.curtain, "lock_issuer")
            await in_browser(bench, browser)
            await bench.see_soon(lambda: not lock.is_locked)
            lock.lock()
            issuer.sub = "somebody"
            press(lock.curtain, "lock_issuer")
            await in_browser(bench, browser)
            await bench.see_soon(lambda: lock.curtain.told.text() == words.refusal(RefusalCode.ISSUER_STRANGER))
            assert lock.is_locked
            lock.lift()

    with gateway_of(tmp_path, plan) as gateway:
        run_on_qt(qapp, duty(gateway))
