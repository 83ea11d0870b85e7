"""Windows of this product in processes of their own: the desk that is on duty goes on, whatever happens there."""

import sys
from collections.abc import Sequence

from PySide6.QtCore import QObject, QProcess, Signal


def program_of_ours(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """The command that starts the desk's program with these arguments, from its sources or from a bundle."""
    own = [] if getattr(sys, "frozen", False) else ["-m", "console"]
    return sys.executable, [*own, *arguments]


class ReplayChild(QObject):
    """The replay of one moment at a time; another moment replaces it. `failed` tells why it could not be shown."""

    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None

    def show_moment(self, arguments: Sequence[str]) -> None:
        self.stop()
        process = QProcess(self)
        process.setProcessChannelMode(QProcess.ProcessChannelMode.SeparateChannels)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._broken)
        self._process = process
        program, whole = program_of_ours(arguments)
        process.start(program, whole)

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect(self._finished)
            process.errorOccurred.disconnect(self._broken)
            process.kill()
            process.waitForFinished(2000)
            process.deleteLater()

    def _finished(self, code: int, _status: QProcess.ExitStatus) -> None:
        process, self._process = self._process, None
        if process is not None:
            why = bytes(process.readAllStandardError().data()).decode(errors="replace").strip().splitlines()
            process.deleteLater()
            if code != 0:
                self.failed.emit(why[-1] if why else str(code))

    def _broken(self, _error: QProcess.ProcessError) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
            self.failed.emit(process.errorString())


class ReviewChild:
    """What a command of the desk opens: it is no sheet, so there is nothing to dismiss."""

    def open(self) -> None:
        program, arguments = program_of_ours(["--review"])
        QProcess.startDetached(program, arguments)

    def isVisible(self) -> bool:
        return False

    def dismiss(self) -> None:
        pass
