"""Coroutines on Qt's own loop, as the desk runs them."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import qasync
from PySide6.QtWidgets import QApplication

T = TypeVar("T")


def run_on_qt(application: QApplication, work: Coroutine[Any, Any, T]) -> T:
    application.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    try:
        with loop:
            result: T = loop.run_until_complete(work)
            return result
    finally:
        asyncio.set_event_loop(None)
