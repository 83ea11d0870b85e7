"""Who sits where in a drill: shown to who directs, and offered to a desk that comes without a seat."""

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from comms.domain.inject import RoleId
from comms.protocol.drill_commands import Seat
from console.store.notices import DrillRead, Notice
from ui.drill.board import BoardView
from ui.drill.director_words import seat_rows
from ui.drill.words import Stage, stage_of
from ui.watch import follow
from ui.widgets.labels import label
from ui.widgets.overlay import Corner, Sheet
from ui.widgets.row import row_of
from ui.widgets.triggered import Triggered
from ui.workplace import Workplace


class SeatsPart(QWidget):
    def __init__(self, place: Workplace, parent: QWidget) -> None:
        super().__init__(parent)
        self._place = place
        self._store = place.store
        self._text = place.text
        self.list = BoardView("drill_seats", (72, 190, 0), place.look, self)
        self.about = label(tone="dim", wraps=True, parent=self)
        self.sit, self.hear = QPushButton(self), QPushButton(self)
        self.sit.setObjectName("drill_sit")
        self.sit.setProperty("tone", "primary")
        self.hear.setObjectName("drill_hear_all")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.list, 1)
        column.addWidget(self.about)
        column.addLayout(row_of(self.hear, None, self.sit))
        self.sit.clicked.connect(Triggered(self.sit_down))
        self.hear.clicked.connect(Triggered(self.hear_all))
        self.list.activated.connect(Triggered(self.sit_down))
        self.list.selectionModel().currentRowChanged.connect(Triggered(self._read_buttons))
        self.retranslate()

    def sit_down(self) -> None:
        key = self.list.key
        if key is not None and self.sit.isEnabled():
            self._place.acting.start(self._place.actions.drilling.join(RoleId(key)))

    def hear_all(self) -> None:
        """Every talkgroup of the town, to listen."""
        session = self._store.session
        if session is not None:
            heard = self._store.affiliated
            rest = tuple(group.id for group in session.talkgroups if group.id not in heard)
            self._place.acting.start(self._place.actions.voice.affiliate((*heard, *rest)))

    def read(self) -> None:
        self.list.board.set_rows(seat_rows(self._store, self._text))
        if self.list.key is None:
            free = next((seat.id for seat in self._seats() if seat.may_take and not seat.officer_ids), None)
            if free is not None:
                self.list.pick(free)
        self._read_buttons()

    def _seats(self) -> tuple[Seat, ...]:
        status = self._store.drill.status
        return status.seats if status is not None else ()

    def _read_buttons(self) -> None:
        status = self._store.drill.status
        own = status.role if status is not None else None
        picked = next((seat for seat in self._seats() if seat.id == self.list.key), None)
        has_begun = stage_of(self._store) is not Stage.READY
        self.sit.setEnabled(has_begun and picked is not None and picked.may_take and picked.id != own)
        self.hear.setVisible(self._store.drill.is_staff)
        key = "drill.seat.about" if has_begun else "drill.seat.not_yet"
        self.about.setText(self._text(key))

    def retranslate(self) -> None:
        text = self._text
        self.list.board.set_heads(tuple(text(f"drill.column.{column}") for column in ("kind", "seat", "officer")))
        self.sit.setText(text("drill.button.sit"))
        self.hear.setText(text("drill.button.hear_all"))
        self.read()


class SeatsSheet(Sheet):
    """For a desk that came late, or without a seat. Enter sits down, Esc leaves it standing."""

    def __init__(self, place: Workplace) -> None:
        super().__init__(place.host, Corner.CENTRE)
        self._place = place
        self._text = place.text
        self._came_without = False
        self._title = label(tone="title", parent=self)
        self.seats = SeatsPart(place, self)
        self._back = QPushButton(self)
        self._back.setProperty("tone", "flat")
        self._back.clicked.connect(self.dismiss)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.addWidget(self._title)
        column.addWidget(self.seats, 1)
        column.addLayout(row_of(None, self._back))
        place.text.changed.connect(self._read)
        follow(self, place.store, self._on_notice)
        self._read()

    def open(self) -> None:
        self.seats.read()
        self.appear()
        self.seats.list.setFocus()

    def confirm(self) -> None:
        self.seats.sit_down()

    def wanted_width(self) -> int:
        return self._place.look.px(560)

    def wanted_height(self) -> int:
        return self._place.look.px(380)

    def _on_notice(self, notice: Notice) -> None:
        if not isinstance(notice, DrillRead) or not self.isVisible():
            return
        had_seat = self._place.store.drill.status is not None and self._place.store.drill.status.role is not None
        self.seats.read()
        if had_seat and self._came_without:
            self.dismiss()
        self._came_without = not had_seat

    def appear(self) -> None:
        status = self._place.store.drill.status
        self._came_without = status is None or status.role is None
        super().appear()

    def _read(self) -> None:
        self._title.setText(self._text("drill.seats"))
        self._back.setText(self._text("drill.button.close"))
        self.seats.retranslate()
