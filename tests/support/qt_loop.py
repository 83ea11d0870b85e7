"""Coroutines on Qt's own loop, as the desk runs them."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import qasync
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from console.collecting import collecting_here

T = TypeVar("T")


def run_on_qt(application: QApplication, work: Coroutine[Any, Any, T]) -> T:
    application.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    try:
        with collecting_here(), loop:
            result: T = loop.run_until_complete(work)
            application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            return result
    finally:
        asyncio.set_event_loop(None)
