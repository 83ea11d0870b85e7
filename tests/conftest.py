"""Guards that hold for every test: nothing warned, nothing left behind."""

import asyncio
import gc
import logging
import os
import threading
from collections.abc import AsyncIterator, Iterator

import hypothesis
import pytest
import pytest_asyncio

from tests.support.tasks import no_task_left

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# How long an example takes says more about what else the machine does than about the code.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

THREAD_GRACE_S = 5.0
"""A thread that was told to stop may need this long on a busy machine."""
_LASTING_THREADS = ("pymysql", "playwright", "Dummy-", "QThread", "execnet")


class _WarningCollector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def _no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """A WARNING or worse fails the test unless it is marked allow_warnings."""
    collector = _WarningCollector()
    logging.getLogger().addHandler(collector)
    yield
    logging.getLogger().removeHandler(collector)
    if collector.lines and request.node.get_closest_marker("allow_warnings") is None:
        pytest.fail("unexpected log lines:\n" + "\n".join(collector.lines[:10]))


@pytest.fixture(autouse=True)
def _no_lingering_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = [
        thread
        for thread in threading.enumerate()
        if thread not in before and thread.is_alive() and not thread.name.startswith(_LASTING_THREADS)
    ]
    for thread in left:
        thread.join(THREAD_GRACE_S)
    still = [thread.name for thread in left if thread.is_alive()]
    if still:
        pytest.fail(f"threads left behind: {still}")


@pytest_asyncio.fixture
async def no_lingering_task() -> AsyncIterator[None]:
    """Given to every coroutine test below: no task may outlive the test."""
    async with no_task_left():
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with drawn examples are not measured: the floors of coverage are for what is tested the same every time."""
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        if asyncio.iscoroutinefunction(item.function):
            item.fixturenames.insert(0, "no_lingering_task")
        if hypothesis.is_hypothesis_test(item.obj):
            item.add_marker("no_cover")


def pytest_collection_finish() -> None:
    """What has been imported and collected lasts: no search for garbage need look at it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _no_lingering_widget(request: pytest.FixtureRequest) -> Iterator[None]:
    """Qt may neither warn nor keep a top-level widget after a test that used it."""
    if "qtbot" not in request.fixturenames:
        yield
        return
    from PySide6.QtCore import QCoreApplication, QEvent, QtMsgType, qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    complaints: list[str] = []

    def on_message(kind: QtMsgType, _context: object, message: str) -> None:
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and "This plugin does not support" not in message:
            complaints.append(message)

    known = set(QApplication.topLevelWidgets()) if QApplication.instance() else set()
    previous = qInstallMessageHandler(on_message)
    yield
    application = QCoreApplication.instance()
    if application is not None:
        application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        application.processEvents()
    qInstallMessageHandler(previous)
    left = [widget for widget in QApplication.topLevelWidgets() if widget not in known and widget.isVisible()]
    if left:
        pytest.fail(f"widgets left on screen: {left}")
    if complaints and request.node.get_closest_marker("allow_warnings") is None:
        pytest.fail("Qt complained:\n" + "\n".join(complaints[:10]))
