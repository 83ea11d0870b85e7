"""支持: how gateway, desk, sound and network are, what to do about it, and the bundle for whoever helps from afar."""

import platform
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, qVersion
from PySide6.QtGui import QGuiApplication, QHideEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout

from comms.journal.bundle import write_bundle
from comms.protocol.health import GatewayHealth
from comms.protocol.pushes import HealthReading, Refused
from console.actions.requester import Unsent
from console.settings import Settings
from console.support.bundle import desk_parts
from console.support.judging import Finding, Grade, judge
from ui.errand import Errand, show_errand
from ui.support.desk_watch import DeskWatch
from ui.support.face import SupportFace
from ui.widgets.overlay import Corner, Sheet
from ui.widgets.triggered import Triggered
from ui.workplace import Workplace

_AGAIN_MS = 5000
_LOOK_MS = 100
_GRADES = {Grade.GOOD: "+", Grade.LOOK: "!", Grade.ACT: "!!", Grade.UNKNOWN: "?"}


class SupportSheet(Sheet):
    """Asks the gateway again every five seconds while it is open. `settings` reads those of the window."""

    def __init__(self, place: Workplace, watch: DeskWatch) -> None:
        super().__init__(place.host, Corner.CENTRE)
        self._place, self._text, self._watch = place, place.text, watch
        self._gateway: GatewayHealth | None = None
        self.findings: tuple[Finding, ...] = ()
        self.errand: Errand | None = None
        self.face = SupportFace(place.look, place.text, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.face)
        self._again = QTimer(self)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self.read)
        self._looks = QTimer(self)
        self._looks.setInterval(_LOOK_MS)
        self._looks.timeout.connect(self._show_errand)
        self._connect()
        self._read_words()

    def _connect(self) -> None:
        buttons = self.face.buttons
        buttons["refresh"].clicked.connect(Triggered(self.read))
        buttons["copy"].clicked.connect(Triggered(self.copy))
        buttons["bundle"].clicked.connect(Triggered(self.ask_file))
        buttons["cancel"].clicked.connect(Triggered(self.give_up))
        self.face.head.close_button.clicked.connect(Triggered(self.dismiss))
        self._text.changed.connect(self._read_words)

    def wanted_width(self) -> int:
        return self._place.look.px(760)

    def wanted_height(self) -> int:
        return self._place.look.px(560)

    def open(self) -> None:
        self.appear()
        self.face.buttons["refresh"].setFocus()
        self._again.start()
        self.read()

    def hideEvent(self, event: QHideEvent) -> None:
        self._again.stop()
        super().hideEvent(event)

    # --- reading ------------------------------------------------------------------------------------------

    def read(self) -> None:
        self._show()
        session = self._place.store.session
        if session is not None and session.is_drill:
            return  # what runs it is no gateway
        if self._watch.figures().is_online:
            self._place.acting.start(self._place.actions.duty.health(), self._take)
        else:
            self._take(Unsent())

    def _take(self, answer: HealthReading | Refused | Unsent) -> None:
        if isinstance(answer, Refused):
            self._again.stop()  # it would be refused each time
        self._gateway = answer.health if isinstance(answer, HealthReading) else None
        self._show()

    def _show(self) -> None:
        self.findings = judge(self._watch.figures(), self._gateway)
        self.face.show_findings(self.findings)
        worst = sum(finding.grade in (Grade.LOOK, Grade.ACT) for finding in self.findings)
        self.face.head.where.setText(self._text("support.some" if worst else "support.none", count=worst))
        self._show_errand()

    def _read_words(self) -> None:
        self.face.retranslate()
        self._show()

    # --- as text ------------------------------------------------------------------------------------------

    def words(self) -> str:
        """What is shown, as lines."""
        text = self._text
        lines = [f"{text('support.title')}  {datetime.now():%Y-%m-%d %H:%M:%S}"]
        for finding in self.findings:
            said = text(f"support.{finding.words}", **finding.values)
            lines.append(f"[{_GRADES[finding.grade]}] {text(f'support.topic.{finding.topic.value}')}: {said}")
            if finding.advice:
                lines.append(f"    {text(f'support.advice.{finding.advice}')}")
        return "\n".join(lines) + "\n"

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self.words())
        self.face.told.setText(self._text("support.copied"))

    # --- the bundle ---------------------------------------------------------------------------------------

    def ask_file(self) -> None:
        name = f"wangge-diagnostics-{datetime.now():%Y%m%d-%H%M}.zip"
        dialog = QFileDialog(self.window(), self._text("support.bundle"), name)
        dialog.setObjectName("support_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("ZIP (*.zip)")
        dialog.setDefaultSuffix("zip")
        dialog.fileSelected.connect(self.save)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, name: str) -> None:
        if self.errand is not None:
            return
        place, path = self._place, Path(name)
        parts = desk_parts(
            picture=place.store.picture,
            settings=getattr(place.host, "settings", None) or Settings(),
            figures=self._watch.figures(),
            gateway=self._gateway,
            findings=self.findings,
            environment=self._environment(),
        )
        errand = self.errand = Errand(place.background.stand_back)

        def work() -> OSError | bool:
            try:
                return write_bundle(path, parts, errand)
            except OSError as error:
                return error

        def done(outcome: OSError | bool) -> None:
            self._end()
            if isinstance(outcome, OSError):
                reason = outcome.strerror or str(outcome)
                self.face.told.setText(self._text("support.not_written", path=path, reason=reason))
            else:
                self.face.told.setText(self._text("support.written" if outcome else "support.given_up", path=path))

        self._looks.start()
        self._show_errand()
        place.background.start(work, done, failed=self._end)

    def give_up(self) -> None:
        if self.errand is not None:
            self.errand.is_wanted = False

    def _end(self) -> None:
        self._looks.stop()
        self.errand = None
        self._show_errand()

    def _show_errand(self) -> None:
        is_running = self.errand is not None
        show_errand(self.face.progress, self.errand)
        self.face.buttons["bundle"].setEnabled(not is_running)
        self.face.buttons["cancel"].setEnabled(is_running)

    def _environment(self) -> dict[str, Any]:
        """What only the interface knows of where it runs."""
        screens = [
            {
                "width": screen.size().width(),
                "height": screen.size().height(),
                "ratio": screen.devicePixelRatio(),
                "hz": screen.refreshRate(),
                "dpi": round(screen.logicalDotsPerInch()),
            }
            for screen in QGuiApplication.screens()
        ]
        media = self._place.store.media
        return {
            "qt": qVersion(),
            "platform": QGuiApplication.platformName(),
            "system": platform.system(),
            "scale": self._place.look.scale,
            "theme": self._place.look.theme.name,
            "screens": screens,
            "microphone": media.microphone,
            "speaker": media.speaker,
        }
