"""A saved scenario held against its town, by the drill's own program: names nobody there has, places outside.
Beside the desk, as the town has to be made for it."""

import os
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, Signal

EXIT_WRONG = 2
GOOD = "OK"


class TownCheck(QObject):
    """`told` carries the sentences, none when all is there; `failed` why it could not be looked at."""

    told = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def start(self, path: Path, locale: str) -> None:
        self.stop()
        self._process = process = QProcess(self)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._broken)
        arguments = ["-m", "console.child", str(os.getpid()), "comms.drill", "check", str(path), "--locale", locale]
        process.start(sys.executable, arguments)

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect(self._finished)
            process.errorOccurred.disconnect(self._broken)
            process.kill()
            process.waitForFinished(2000)
            process.deleteLater()

    def _finished(self, code: int) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        answer = bytes(process.readAllStandardOutput().data()).decode(errors="replace")
        complaint = bytes(process.readAllStandardError().data()).decode(errors="replace")
        process.deleteLater()
        if code not in (0, EXIT_WRONG) or not answer:
            self.failed.emit(complaint.strip().rpartition("\n")[2])
            return
        told = [line.partition(": ")[2] for line in answer.splitlines()]
        self.told.emit([words for words in told if words != GOOD])

    def _broken(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and self._process is not None:
            process, self._process = self._process, None
            process.deleteLater()
            self.failed.emit(process.errorString())
