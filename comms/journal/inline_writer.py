"""A writer without a thread, for a headless drill: which of two threads is done first differs from run to run."""

import asyncio
from concurrent.futures import Future
from typing import Any

from sqlalchemy import Engine

from comms.domain.events import Recorded
from comms.journal.tail import TailMark
from comms.journal.writer import Write, Writer, WriterEvents


class InlineWriter(Writer):
    """Writes at the next turn of the loop it was made on, whatever was queued in this one together."""

    def __init__(self, engine: Engine, told: WriterEvents, *, head: bytes, mark: TailMark | None = None) -> None:
        super().__init__(engine, told, head=head, mark=mark)
        self._loop = asyncio.get_running_loop()
        self._is_due = False

    def start(self) -> None:
        pass

    def join(self) -> None:
        pass

    def stop(self) -> None:
        super().stop()
        self._write_soon()

    def append(self, epoch: int, recorded: tuple[Recorded, ...]) -> None:
        super().append(epoch, recorded)
        self._write_soon()

    def change(self, write: Write) -> "Future[Any]":
        future = super().change(write)
        self._write_soon()
        return future

    def _write_soon(self) -> None:
        if not self._is_due:
            self._is_due = True
            self._loop.call_soon(self._write_now)

    def _write_now(self) -> None:
        self._is_due = False
        is_over = self._turn()
        if not is_over and not self._queue.empty():
            self._write_soon()
