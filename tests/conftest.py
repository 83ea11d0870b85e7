"""Guards that hold for every test: nothing warned, nothing left behind."""

import asyncio
import faulthandler
import gc
import logging
import os
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import hypothesis.internal.conjecture.providers
import pytest
import pytest_asyncio

from tests.support.tasks import no_task_left

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# How long an example takes says more about what else the machine does than about the code. What wants more examples
# than these says so; what wants a million is no test but a command (see the Makefile).
hypothesis.settings.register_profile("unhurried", deadline=None, max_examples=50)
hypothesis.settings.load_profile("unhurried")
# It would read every module of ours for numbers and words to try, in each worker: a tenth of what all tests take.
setattr(hypothesis.internal.conjecture.providers, "is_local_module_file", lambda _path: False)  # noqa: B010 - no name to assign to by its type

THREAD_GRACE_S = 5.0
"""A thread that was told to stop may need this long on a busy machine."""
CRASHES = Path(__file__).parents[1] / "build" / "crashes"
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


@pytest.hookimpl(trylast=True)  # after pytest's own, which writes to a stream that nobody reads from a worker
def pytest_configure() -> None:
    """Where each thread was when a worker was killed by a signal is written beside the project's other output."""
    CRASHES.mkdir(parents=True, exist_ok=True)
    path = CRASHES / f"{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}.txt"
    faulthandler.enable(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC))  # open for as long as the worker lives


def pytest_collection_finish() -> None:
    """What has been imported and collected lasts: no search for garbage need look at it again."""
    gc.collect()
    gc.freeze()


_with_widgets = 0
"""Tests that had widgets since the last search for garbage."""
WIDGETS_AT_MOST = 25


@pytest.fixture(autouse=True)
def _widgets_die_here(request: pytest.FixtureRequest) -> None:
    """A widget in a cycle that another thread happened to find would be destroyed there, and take the worker with it:
    no thread searches during such tests, and this one does before any others."""
    global _with_widgets
    has_widgets = "qtbot" in request.fixturenames
    if _with_widgets > (WIDGETS_AT_MOST if has_widgets else 0):
        _with_widgets = 0
        gc.collect()
        gc.freeze()
        gc.enable()
    if has_widgets:
        _with_widgets += 1
        gc.disable()


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
