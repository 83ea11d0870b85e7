"""An incident reported from the desk: kind, how bad, what is known. Every word stays until the gateway has it."""

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from comms.domain.order import OrderPriority, Place
from comms.protocol.pushes import Done, Refused
from console.actions.incidents import Incidents
from console.actions.requester import Outcome, Unsent
from ui.acting import Acting
from ui.panels.targets import place_words
from ui.text import Texts
from ui.theme import Look
from ui.widgets.choices import Choices
from ui.widgets.labels import label
from ui.widgets.overlay import Corner, Sheet
from ui.widgets.row import row_of
from ui.widgets.sheet_head import SheetHead


class ReportSheet(Sheet):
    def __init__(self, host: QWidget, *, incidents: Incidents, acting: Acting, look: Look, text: Texts) -> None:
        super().__init__(host, Corner.RIGHT)
        self._incidents = incidents
        self._acting = acting
        self._look = look
        self._text = text
        self._place: Place | None = None
        self._is_sending = False
        self._head = SheetHead("report", look, text, self, title="incident.report_head", close="incident.sheet_close")
        self.kind = QLineEdit(self)
        self.kind.setMaxLength(60)
        self.details = QPlainTextEdit(self)
        self.details.setTabChangesFocus(True)
        self.priority = Choices(tuple(one.value for one in OrderPriority), "priority", text, self)
        self._refusal = label(wraps=True, parent=self)
        self._refusal.setObjectName("refusal")
        self._refusal.hide()
        self.send_button = QPushButton(self)
        self.send_button.setObjectName("report_send")
        self.send_button.setProperty("tone", "primary")
        self._arrange()
        self.kind.textChanged.connect(self._read)
        self._head.close_button.clicked.connect(self.dismiss)
        self.send_button.clicked.connect(self.confirm)
        text.changed.connect(self._read)
        look.changed.connect(self.place)
        self._read()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(6)
        column.addWidget(self._head)
        column.addWidget(self.kind)
        column.addWidget(self.priority)
        column.addWidget(self.details, 1)
        column.addWidget(self._refusal)
        column.addLayout(row_of(None, self.send_button))

    def wanted_width(self) -> int:
        return self._look.px(344)

    def ask(self, place: Place) -> None:
        self._place = place
        self._read()
        self.appear()
        self.kind.setFocus()

    def confirm(self) -> None:
        kind = self.kind.text().strip()
        if self._place is None or not kind or self._is_sending:
            return
        self._is_sending = True
        self._refusal.hide()
        self._read()
        work = self._incidents.report(
            kind=kind,
            place=self._place,
            priority=OrderPriority(self.priority.chosen),
            text=self.details.toPlainText().strip(),
        )
        self._acting.start(work, self._answered, failed=self._failed)

    def _answered(self, answer: Outcome) -> None:
        self._is_sending = False
        match answer:
            case Done():
                self._acting.tell("ok", self._text("incident.reported"))
                self._empty()
            case Refused(code=code, text=sentence):
                self._refusal.setText(sentence or self._text.refusal(code))
                self._refusal.show()
            case Unsent():
                self._empty()  # kept in the outbox
        self._read()

    def _failed(self) -> None:
        self._is_sending = False
        self._read()

    def _empty(self) -> None:
        self.kind.clear()
        self.details.clear()
        self.priority.choose(OrderPriority.NORMAL.value)
        self.dismiss()

    def _read(self) -> None:
        text = self._text
        self._head.where.setText(place_words(self._place, text))
        self.kind.setPlaceholderText(text("incident.kind_hint"))
        self.kind.setAccessibleName(text("incident.kind"))
        self.details.setPlaceholderText(text("incident.text_hint"))
        self.details.setAccessibleName(text("incident.text"))
        self.send_button.setText(text("incident.reporting" if self._is_sending else "incident.report"))
        self.send_button.setEnabled(bool(self.kind.text().strip()) and not self._is_sending)
        self.priority.retranslate()
        self.place()
