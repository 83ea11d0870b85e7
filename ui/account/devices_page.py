"""Terminals: which have enrolled, a code to scan for a new one, and the end of one that was lost."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from comms.domain.ids import UnitId
from comms.protocol.account_pushes import DeviceLine, DevicePage
from comms.protocol.pushes import Done, EnrolmentCode, Refused
from console.actions.requester import Unsent
from ui.account.page import Page
from ui.account.table import Table
from ui.widgets.labels import label
from ui.widgets.qr import QrLabel
from ui.widgets.row import row_of
from ui.words import moment
from ui.workplace import Workplace

_COLUMNS = ("unit", "device", "enrolled", "online", "code")
_MOST = 200
_SOON_MS = 250
"""So long after the last letter the list is read."""
QR_PX = 208
_LOCAL = ("127.0.0.1", "localhost", "[::1]")


class DevicesPage(Page):
    def __init__(self, place: Workplace, parent: QWidget) -> None:
        super().__init__(place, parent)
        self._lines: dict[str, DeviceLine] = {}
        self.search, self.reason = QLineEdit(self), QLineEdit(self)
        self.reason.setMaxLength(200)
        self.table = Table(len(_COLUMNS), self, is_single=True)
        self.qr = QrLabel(place.look.px(QR_PX), self)
        self.code = label(wraps=True, parent=self)
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._about = label(tone="dim", wraps=True, parent=self)
        self.issue_button, self.take_back_button, self.revoke_button = (QPushButton(self) for _ in range(3))
        buttons = ((self.issue_button, "issue"), (self.take_back_button, "take_back"), (self.revoke_button, "revoke"))
        for button, name in buttons:
            button.setObjectName(f"devices_{name}")
        self.issue_button.setProperty("tone", "primary")
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._arrange()
        self._connect()
        self.retranslate()

    def _arrange(self) -> None:
        left = QVBoxLayout()
        left.addWidget(self.search)
        left.addWidget(self.table, 1)
        left.addWidget(self.told)
        left.addLayout(row_of(self.issue_button, self.take_back_button))
        revoking = QHBoxLayout()
        revoking.addWidget(self.reason, 1)
        revoking.addWidget(self.revoke_button)
        left.addLayout(revoking)
        right = QVBoxLayout()
        right.addWidget(self.qr)
        right.addWidget(self.code)
        right.addWidget(self._about)
        right.addStretch(1)
        side = QWidget(self)
        side.setFixedWidth(self.qr.width())
        side.setLayout(right)
        right.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(side)

    def _connect(self) -> None:
        self._soon.timeout.connect(self.read)
        self.search.textChanged.connect(self._soon.start)
        self.issue_button.clicked.connect(self._issue)
        self.take_back_button.clicked.connect(self._take_back)
        self.revoke_button.clicked.connect(self._revoke)
        self.reason.textChanged.connect(self._read_buttons)
        self.table.chosen.connect(self._chosen)
        self._text.changed.connect(self.retranslate)

    # --- living -------------------------------------------------------------------------------------------

    def begin(self) -> None:
        self.told.clear()
        self.read()
        self.search.setFocus()

    def leave(self) -> None:
        self._hide_code()
        self.reason.clear()
        self._soon.stop()

    def read(self) -> None:
        self._place.acting.start(self._accounts.devices(self.search.text().strip()), self._show)

    def _show(self, answer: DevicePage | Refused | Unsent) -> None:
        if isinstance(answer, Refused):
            self.say_refusal(answer)
        if not isinstance(answer, DevicePage):
            return
        known = {line.unit_id: line for line in answer.devices}
        rows = [known.get(unit_id) or DeviceLine(unit_id=unit_id) for unit_id in self._units(known)]
        self._lines = {line.unit_id: line for line in rows}
        self.table.fill([(line.unit_id, self._cells(line)) for line in rows])

    def _units(self, known: dict[UnitId, DeviceLine]) -> list[UnitId]:
        """Whoever is called so, also those who have no terminal yet; by their numbers."""
        units, wanted = self._place.store.picture.units, self.search.text().strip().casefold()
        named = {
            unit_id for unit_id, state in units.items() if wanted in state.unit.name.casefold() or wanted in unit_id
        }
        chosen = sorted(named | (known.keys() & units.keys()), key=lambda each: units[each].unit.no)
        return chosen[:_MOST]

    def _cells(self, line: DeviceLine) -> tuple[str, ...]:
        store, text, now = self._place.store, self._text, self._place.store.server_now()
        online = text("devices.online_since", time=moment(line.since or now, now), address=line.address)
        return (
            store.picture.units[line.unit_id].unit.name,
            line.name or text("devices.none"),
            moment(line.enrolled_at, now) if line.enrolled_at is not None else "",
            online if line.is_online else "",
            moment(line.code_expires_at, now) if line.code_expires_at is not None else "",
        )

    # --- doing --------------------------------------------------------------------------------------------

    @property
    def unit_id(self) -> UnitId | None:
        keys = self.table.keys
        return UnitId(keys[0]) if keys else None

    def _issue(self) -> None:
        if self.unit_id is not None:
            self._place.acting.start(self._place.actions.duty.enrolment_code(self.unit_id), self._issued)

    def _issued(self, answer: EnrolmentCode | Refused | Unsent) -> None:
        if isinstance(answer, EnrolmentCode):
            address = web_address(self._place.store.gateway_url, answer.path)
            self.qr.show_code(address)
            now = self._place.store.server_now()
            self.code.setText(f"{answer.code}\n{self._text('devices.until', time=moment(answer.expires_at, now))}")
            is_local = any(f"//{host}" in address for host in _LOCAL)
            self._about.setText(self._text("devices.only_here" if is_local else "devices.scan"))
            self.read()
        elif isinstance(answer, Refused):
            self.say_refusal(answer)

    def _take_back(self) -> None:
        if self.unit_id is not None:
            self._hide_code()
            self._place.acting.start(self._accounts.revoke_code(self.unit_id), self._taken_back)

    def _taken_back(self, answer: Done | Refused | Unsent) -> None:
        self._told(answer, "devices.taken_back")

    def _revoke(self) -> None:
        if self.unit_id is not None:
            work = self._accounts.revoke_device(self.unit_id, self.reason.text().strip())
            self._place.acting.start(work, self._revoked)

    def _revoked(self, answer: Done | Refused | Unsent) -> None:
        if isinstance(answer, Done):
            self.reason.clear()
        self._told(answer, "devices.revoked")

    def _told(self, answer: Done | Refused | Unsent, key: str) -> None:
        if isinstance(answer, Done):
            self.say("ok", self._text(key))
        elif isinstance(answer, Refused):
            self.say_refusal(answer)
        self.read()

    # --- showing ------------------------------------------------------------------------------------------

    def _chosen(self) -> None:
        """A code on the screen is for the unit it was made for, and for no other."""
        self._read_buttons()

    def _hide_code(self) -> None:
        self.qr.show_code("")
        self.code.clear()
        self._about.setText(self._text("devices.about"))

    def _read_buttons(self) -> None:
        line = self._lines.get(self.unit_id or "")
        self.issue_button.setEnabled(line is not None)
        self.take_back_button.setEnabled(line is not None and line.code_expires_at is not None)
        has_reason = bool(self.reason.text().strip())
        self.revoke_button.setEnabled(line is not None and line.enrolled_at is not None and has_reason)

    def retranslate(self) -> None:
        text = self._text
        self.search.setPlaceholderText(text("devices.search"))
        self.search.setAccessibleName(text("devices.search"))
        self.reason.setPlaceholderText(text("devices.reason"))
        self.reason.setAccessibleName(text("devices.reason"))
        self.table.setHorizontalHeaderLabels([text(f"devices.column_{name}") for name in _COLUMNS])
        self.table.setAccessibleName(text("access_page.devices"))
        self.issue_button.setText(text("devices.issue"))
        self.take_back_button.setText(text("devices.take_back"))
        self.revoke_button.setText(text("devices.revoke"))
        self._hide_code()
        self._read_buttons()


def web_address(gateway_url: str, path: str) -> str:
    """The web terminal's, on the gateway that a desk speaks to by this address."""
    scheme, _, rest = gateway_url.partition("://")
    host = rest.partition("/")[0]
    return f"{'https' if scheme == 'wss' else 'http'}://{host}{path}"
