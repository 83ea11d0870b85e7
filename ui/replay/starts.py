"""Recordings opened from a desk: each in a process of its own, so that this desk goes on whatever becomes of it."""

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.acting import Acting
from ui.text import Texts

LOOK_MS = 500
MOST_WORDS = 600


@dataclass(frozen=True, slots=True)
class _Started:
    process: "subprocess.Popen[bytes]"
    words: IO[bytes]
    """What it says on stderr."""


class ReplayStarts(QObject):
    """Opened by its command as a sheet is. It is looked at now and then whether one ended without having shown
    anything; its sentence is then said here."""

    def __init__(self, host: QWidget, acting: Acting, text: Texts) -> None:
        super().__init__(host)
        self._host, self._acting, self._text = host, acting, text
        self._started: list[_Started] = []
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def open(self) -> None:
        """Ask which one: an exported file, or the journal in a data directory."""
        dialog = QFileDialog(self._host, self._text("replay.open_title"))
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self._text("replay.open_kinds"))
        dialog.fileSelected.connect(self.start)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def isVisible(self) -> bool:
        """The file dialog closes itself."""
        return False

    def dismiss(self) -> None:
        """Nothing lies over the window."""

    def start(self, path: str) -> None:
        words = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the process)
        command = [sys.executable, "-m", "console", "--replay", path]
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=words)
        except OSError as error:
            words.close()
            self._acting.tell("danger", self._text("replay.start_failed"), str(error))
            return
        self._started.append(_Started(process, words))
        self._timer.start()
        self._acting.tell("ok", self._text("replay.starting", name=Path(path).name))

    def look(self) -> None:
        """Whether one ended."""
        for started in [one for one in self._started if one.process.poll() is not None]:
            self._started.remove(started)
            started.words.seek(0)
            said = started.words.read().decode(errors="replace").strip()
            started.words.close()
            if started.process.returncode:
                self._say(said)
        if not self._started:
            self._timer.stop()

    def _say(self, said: str) -> None:
        last = said.splitlines()[-1] if said else ""
        is_sentence = bool(last) and "Traceback" not in said
        sentence = last if is_sentence else self._text("replay.start_failed")
        self._acting.tell("danger", sentence[:MOST_WORDS], "" if is_sentence else last)
