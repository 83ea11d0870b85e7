"""Drawing for each other as keys, buttons and the map set it off. A mark is drawn first and then named."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from comms.domain.ids import MarkId
from comms.domain.jurisdiction import contains
from comms.domain.mark import LABEL_LENGTH, Mark, MarkColour, MarkKind
from console.actions.marks import Marks, Points
from console.actions.requester import Outcome
from console.store.store import Store
from ui.acting import Acting
from ui.order.controls import Question
from ui.text import Texts


class MarkControls(QObject):
    asking = Signal(object)
    """A Question: the officer is to write a label."""
    chosenChanged = Signal()
    going = Signal()
    """The map is to show the chosen mark."""
    adjusting = Signal()
    """The chosen mark's shape is to be changed on the map, by keys."""

    def __init__(
        self, *, store: Store, marks: Marks, acting: Acting, text: Texts, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._marks = marks
        self._acting = acting
        self._text = text
        self._chosen: MarkId | None = None
        self._drawn: tuple[MarkKind, Points] | None = None
        """A shape that waits for its label."""
        self._moving: MarkId | None = None
        self.colour = MarkColour.BLUE
        """Of what is drawn next."""

    @property
    def chosen(self) -> Mark | None:
        state = self._store.picture.marks.states.get(self._chosen) if self._chosen is not None else None
        return state.mark if state is not None else None

    @property
    def can_change(self) -> bool:
        """Only marks of one's own jurisdiction or below."""
        mark, session = self.chosen, self._store.session
        return mark is not None and session is not None and contains(session.jurisdiction_id, mark.jurisdiction_id)

    @property
    def can_undo(self) -> bool:
        return self._marks.can_undo

    def choose(self, mark_id: MarkId | None) -> None:
        if mark_id != self._chosen:
            self._chosen = mark_id
            self.chosenChanged.emit()

    def drawn(self, kind: MarkKind, points: Points) -> None:
        """The shape is there: now its label."""
        if self._moving is not None:
            mark_id, self._moving = self._moving, None
            self._acting.start(self._marks.change(mark_id, points=points))
            return
        self._drawn = (kind, points)
        self._ask("mark.name_new")

    def go(self) -> None:
        self.going.emit()

    def adjust(self) -> None:
        self.adjusting.emit()

    def reshape(self, mark: Mark, done: Callable[[Outcome], None], failed: Callable[[], None]) -> None:
        self._acting.start(self._marks.change(mark.id, points=mark.points), done, failed=failed)

    def rename(self) -> None:
        mark = self.chosen
        if mark is not None:
            self._drawn = None
            self._ask("mark.name_again", label=mark.label)

    def _ask(self, key: str, **values: str) -> None:
        sentence, hint = self._text(key, **values), self._text("mark.name_hint")
        self.asking.emit(Question(sentence, self._name, hint=hint, most=LABEL_LENGTH))

    def _name(self, label: str) -> None:
        """The officer's label, which is never empty."""
        drawn, self._drawn = self._drawn, None
        if drawn is not None:
            self._acting.start(self._marks.draw(*drawn, label, self.colour))
        elif self.chosen is not None:
            self._acting.start(self._marks.change(self.chosen.id, label=label))

    def move(self) -> MarkKind | None:
        """Draw the chosen one anew: its kind, so that the map takes up the right tool. None without one."""
        mark = self.chosen
        if mark is None:
            return None
        self._moving = mark.id
        return mark.kind

    def give_up_moving(self) -> None:
        self._moving = None

    def paint_chosen(self, colour: MarkColour) -> None:
        """The chosen mark, and what is drawn next."""
        self.colour = colour
        if self.chosen is not None and self.can_change:
            self._acting.start(self._marks.change(self.chosen.id, colour=colour))

    def next_colour(self) -> None:
        colours = list(MarkColour)
        now = self.chosen.colour if self.chosen is not None else self.colour
        self.paint_chosen(colours[(colours.index(now) + 1) % len(colours)])
        self._acting.tell("ok", self._text("mark.colour_now", colour=self._text(f"mark.colour.{self.colour.value}")))

    def erase(self) -> None:
        if self.chosen is not None and self.can_change:
            self._acting.start(self._marks.erase(self.chosen.id))
            self.choose(None)

    def undo(self) -> None:
        self._acting.start(self._marks.undo())
