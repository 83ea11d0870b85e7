"""最近力量: who is nearest to a place, with the reasons. The order stays as asked for; values change in place."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from comms.domain.ids import UnitId
from comms.domain.nearest import Basis
from comms.domain.order import Place
from comms.domain.street_graph import Travel
from console.actions.nearby import Near, Nearby
from console.store.store import Store
from ui.map.near_overlay import NearWay
from ui.panels.near_form import COUNTS, NearForm
from ui.panels.targets import place_words
from ui.place.near_words import NearWords
from ui.selection import Selection
from ui.text import Texts
from ui.theme import Look
from ui.widgets.lines import LINE_ROLE
from ui.widgets.overlay import Corner, Sheet

LISTED = max(map(int, COUNTS))
REFRESH_MS = 2_000


class NearSheet(Sheet):
    """`waysChanged` carries NearWays for the map; `callWanted` asks for a point call with the unit picked;
    `orderWanted` asks for an order to the first of the list."""

    waysChanged = Signal(object)
    callWanted = Signal()
    groupWanted = Signal(object)
    """Unit ids to call together."""
    orderWanted = Signal(object, object)
    """Unit ids and the Place."""

    def __init__(
        self, host: QWidget, *, store: Store, nearby: Nearby, selection: Selection, look: Look, text: Texts
    ) -> None:
        super().__init__(host, Corner.RIGHT)
        self._nearby = nearby
        self._selection = selection
        self._look = look
        self._text = text
        self._words = NearWords(store, text)
        self._place: Place | None = None
        self._found: list[Near] = []
        self.form = NearForm(look, text, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.update_values)
        self._connect()
        self._read()

    def _connect(self) -> None:
        presses: dict[str, Callable[[], None]] = {
            "again": self.rank_again,
            "call": self.call,
            "group": self.call_group,
            "order": self.order,
        }
        for name, press in presses.items():
            self.form.buttons[name].clicked.connect(press)
        self.form.head.close_button.clicked.connect(self.dismiss)
        self.form.travel.changed.connect(self.rank_again)
        self.form.skill.activated.connect(self.rank_again)
        self.form.count.changed.connect(self._show)
        self.form.view.selectionModel().currentChanged.connect(self._pick)
        self.form.view.activated.connect(self.call)
        self.form.view.installEventFilter(self)
        self._text.changed.connect(self._read)
        self._look.changed.connect(self.place)

    def wanted_width(self) -> int:
        return self._look.px(344)

    # --- asking -----------------------------------------------------------------------------------------

    @property
    def unit_ids(self) -> tuple[UnitId, ...]:
        """In the order shown."""
        return tuple(near.unit_id for near in self._found)

    @property
    def first_ids(self) -> tuple[UnitId, ...]:
        """Those to call together or to send."""
        return self.unit_ids[: int(self.form.count.chosen)]

    def ask(self, place: Place) -> None:
        if not self.isVisible():
            self.form.count.choose(COUNTS[0])
        self._place = place
        self.form.head.where.setText(place_words(place, self._text))
        self.form.offer_skills(self._nearby.skills())
        self.appear()
        self.rank_again()
        self.form.view.setFocus()

    def rank_again(self, _: object = None) -> None:
        """Ask anew: the one moment at which the order may change."""
        if self._place is not None:
            self._found = self._best(None, LISTED)
            self._show()
            if self._found:
                self.form.view.setCurrentIndex(self.form.model.index(0))

    def update_values(self) -> None:
        """The same units in the same order, with times and states of now."""
        if self._found:
            fresh = {near.unit_id: near for near in self._best(self.unit_ids, len(self._found))}
            self._found = [fresh.get(near.unit_id, near) for near in self._found]
            self._show()

    def _best(self, among: tuple[UnitId, ...] | None, count: int) -> list[Near]:
        assert self._place is not None
        return self._nearby.best(
            lat=self._place.lat,
            lon=self._place.lon,
            count=count,
            travel=Travel(self.form.travel.chosen),
            skills=self.form.skills,
            among=among,
        )

    # --- showing ----------------------------------------------------------------------------------------

    def _show(self, _: object = None) -> None:
        travel, first = Travel(self.form.travel.chosen), len(self.first_ids)
        self.form.model.show_lines(self._words.lines(self._found, travel, self.form.skills, first=first))
        self.form.nobody.setVisible(not self._found)
        self._say_basis()
        for name in ("call", "group", "order"):
            self.form.buttons[name].setEnabled(bool(self._found))
        for name in ("group", "order"):
            self.form.buttons[name].setText(self._text(f"near.{name}", count=max(1, first)))
        self._show_ways()

    def _say_basis(self) -> None:
        """Whether the times rest on streets at all."""
        bases = {near.ranked.basis for near in self._found}
        is_straight = bool(bases) and Basis.STREETS not in bases
        self.form.basis.setVisible(is_straight)
        if is_straight:
            self.form.basis.setText(self._text(f"near.all_{self._found[0].ranked.basis.value}"))

    def _show_ways(self) -> None:
        chosen = self._selection.unit_id
        ways = (_way(number, near, is_chosen=near.unit_id == chosen) for number, near in enumerate(self._found, 1))
        self.waysChanged.emit(tuple(ways))

    # --- doing ------------------------------------------------------------------------------------------

    def _pick(self, index: QModelIndex) -> None:
        line = index.data(LINE_ROLE)
        if line is not None:
            self._selection.set_units((line.key,))
            self._show_ways()

    def call(self, _: object = None) -> None:
        """The unit picked in the list, one to one."""
        line = self.form.view.currentIndex().data(LINE_ROLE)
        if line is not None:
            self._selection.set_units((line.key,))
            self.callWanted.emit()

    def call_group(self) -> None:
        """An ad-hoc talkgroup of the first of the list."""
        if self._found:
            self.groupWanted.emit(self.first_ids)

    def order(self) -> None:
        """An order for the first of the list."""
        if self._found and self._place is not None:
            place, unit_ids = self._place, self.first_ids
            self.dismiss()
            self.orderWanted.emit(unit_ids, place)

    def appear(self) -> None:
        self._timer.start()
        super().appear()

    def dismiss(self) -> None:
        self._timer.stop()
        self.waysChanged.emit(())
        super().dismiss()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the list Enter calls, Shift+Enter calls the first together, Ctrl+Enter orders; left and right say how
        many those are."""
        if watched is self._host or not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self.form.count.step(1 if event.key() == Qt.Key.Key_Right else -1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._enter(event)
            case _:
                return False
        return True

    def _enter(self, event: QKeyEvent) -> None:
        """Taken from the list, which would call whatever else is held; a key held down acts once."""
        if event.isAutoRepeat():
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.order()
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.call_group()
        else:
            self.call()

    def _read(self) -> None:
        self.form.retranslate()
        self.form.head.where.setText(place_words(self._place, self._text))
        self.form.offer_skills(self._nearby.skills())
        self._show()


def _way(number: int, near: Near, *, is_chosen: bool) -> NearWay:
    ranked = near.ranked
    return NearWay(near.unit_id, number, ranked.path, ranked.basis is Basis.STREETS, is_chosen)
