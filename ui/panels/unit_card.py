"""The unit picked: who it is, where, how it is doing, and what can be done with it."""

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from comms.domain.ids import UnitId
from comms.domain.order import OPEN_STATES
from comms.domain.picture import UnitState
from comms.domain.unit import UnitStatus
from console.store.notices import Changed, LinkChanged, Notice, PointCallChanged, PositionsMoved, Reset
from console.store.store import Store
from ui.controls import Controls
from ui.selection import Selection
from ui.text import Texts
from ui.theme import Look
from ui.watch import follow
from ui.widgets.command_button import CommandButton
from ui.widgets.labels import ElidedLabel
from ui.widgets.shapes import paint_status
from ui.words import age, distance, jurisdiction_path

_BUTTONS = ("unit_call", "unit_video", "unit_order", "unit_centre", "unit_talkgroup")
_READ_MS = 1_000


class StatusMark(QWidget):
    """The shape of a status, beside its word."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._status: UnitStatus | None = None

    def show_status(self, status: UnitStatus | None) -> None:
        self._status = status
        self.setFixedSize(self._look.px(16), self._look.px(16))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._status is not None:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_status(painter, self._status, self._look.theme, QRectF(self.rect()).adjusted(1, 1, -1, -1))


class UnitCard(QWidget):
    """Fixed height; buttons keep their places whether or not they may be pressed."""

    def __init__(
        self,
        *,
        store: Store,
        controls: Controls,
        selection: Selection,
        look: Look,
        text: Texts,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._selection = selection
        self._look = look
        self._text = text
        self._mark = StatusMark(look, self)
        self._name = ElidedLabel(tone="title", parent=self)
        self._status = ElidedLabel(parent=self)
        self._status.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._lines = [ElidedLabel(tone="dim", parent=self) for _ in range(4)]
        self._buttons = [CommandButton(name, controls, text, look, self) for name in _BUTTONS]
        self._arrange()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_READ_MS)
        self._timer.timeout.connect(self._read)
        selection.unitsChanged.connect(self._read)
        text.changed.connect(self._read)
        look.changed.connect(self._read)
        follow(self, store, self._on_notice)
        self._read()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(3)
        head = QGridLayout()
        head.setHorizontalSpacing(6)
        head.addWidget(self._mark, 0, 0)
        head.addWidget(self._name, 0, 1)
        head.addWidget(self._status, 0, 2)
        head.setColumnStretch(1, 3)
        head.setColumnStretch(2, 2)
        column.addLayout(head)
        for line in self._lines:
            column.addWidget(line)
        column.addStretch(1)
        grid = QGridLayout()
        grid.setSpacing(4)
        for index, button in enumerate(self._buttons):
            grid.addWidget(button, index // 3, index % 3)
        column.addLayout(grid)

    def _on_notice(self, notice: Notice) -> None:
        unit_id = self._selection.unit_id
        match notice:
            case Changed(noun="unit" | "order", id=changed):
                if changed == unit_id or notice.noun == "order":
                    self._read_soon()
            case PositionsMoved() if unit_id is not None:
                self._read_soon()
            case Reset() | LinkChanged() | PointCallChanged():
                self._read()
            case _:
                pass

    def _read_soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _read(self) -> None:
        self.setFixedHeight(self._look.px(186))
        for button in self._buttons:
            button.refresh()
        unit_id = self._selection.unit_id
        state = self._store.picture.units.get(unit_id) if unit_id is not None else None
        if unit_id is None or state is None:
            self._mark.show_status(None)
            self._name.setText(self._text("unit.none"))
            self._status.setText("")
            for line in self._lines:
                line.setText("")
            self._lines[0].setText(self._text("unit.none_hint"))
            return
        self._mark.show_status(state.shown_status)
        count = len(self._selection.unit_ids)
        name = state.unit.name
        self._name.setText(self._text("unit.and_others", name=name, count=count) if count > 1 else name)
        self._status.setText(self._text(f"status.{state.shown_status.value}"))
        for line, words in zip(self._lines, self._facts(unit_id, state), strict=True):
            line.setText(words)

    def _facts(self, unit_id: UnitId, state: UnitState) -> tuple[str, str, str, str]:
        text, store = self._text, self._store
        groups = [
            store.picture.talkgroups[key].talkgroup.name for key in state.affiliated if key in store.picture.talkgroups
        ]
        orders = [
            found.order.title
            for found in store.picture.orders.values()
            if found.assignments.get(unit_id) in OPEN_STATES
        ]
        return (
            text("unit.place", place=jurisdiction_path(store.picture, state.unit.jurisdiction_id)),
            text(
                "unit.groups",
                groups=text("list.separator").join(groups) or text("unit.no_group"),
                phone=state.unit.phone or text("unit.no_phone"),
            ),
            self._position_words(unit_id),
            text("unit.orders", count=len(orders), title=orders[-1]) if orders else text("unit.no_orders"),
        )

    def _position_words(self, unit_id: UnitId) -> str:
        positions, text = self._store.positions, self._text
        row = positions.row_of(unit_id)
        if row is None or not positions.is_placed[row]:
            return text("unit.no_position")
        now = self._store.server_now()
        accuracy = distance(float(positions.accuracy_m[row]), text)
        words = text("unit.position", age=age(now - float(positions.at[row]), text))
        if accuracy:
            words += text("unit.accuracy", accuracy=accuracy)
        battery = float(positions.battery_pct[row])
        if battery == battery:  # NaN is not itself: not known
            words += text("unit.battery", percent=round(battery))
        return text("unit.stale", words=words) if positions.is_stale(row, now) else words

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.theme.panel))
        painter.fillRect(0, 0, self.width(), 1, QColor(self._look.theme.line))
