"""扮演: whom a trainer speaks as, where, and the button to hold. Made to lie in the sheet of who directs a drill."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QSizePolicy, QWidget

from comms.domain.ids import TalkgroupId, UnitId
from comms.domain.plan import said
from comms.domain.scenario import Scenario
from console.actions.acting_voice import ActingVoice, ActState
from console.store.link import LinkPhase
from console.store.notices import Changed, LinkChanged, Notice
from console.store.store import Store
from ui.acting import Acting
from ui.panels.card_face import Face, Tone
from ui.text import Texts
from ui.theme import Look
from ui.watch import follow
from ui.widgets.talk_button import TalkButton

PHONE = "telephone"
_TONES = {
    ActState.IDLE: Tone.CALM,
    ActState.ASKING: Tone.WAIT,
    ActState.TALKING: Tone.TALK,
    ActState.DENIED: Tone.TROUBLE,
    ActState.ENDED: Tone.TROUBLE,
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to speak as: `who` as the gateway is asked. Without a unit there is only the telephone."""

    who: str
    name: str
    unit_id: UnitId | None = None


def people_of(scenario: Scenario, store: Store, text: Texts) -> tuple[Person, ...]:
    """The cast, in the scenario's order, each with the unit that plays it first."""
    drill = store.picture.drill.state
    cast = drill.cast if drill is not None else {}
    people: list[Person] = []
    for actor in scenario.cast:
        unit_id = next(iter(cast.get(actor.id, ())), None)
        name = said(actor.name, text.locale.value) or actor.id
        state = store.picture.units.get(unit_id) if unit_id is not None else None
        people.append(Person(actor.id, f"{name} · {state.unit.name}" if state is not None else name, unit_id))
    return tuple(people)


class ActButton(TalkButton):
    """Also by the space bar, as long as that is down."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.press()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.lift()
        else:
            super().keyReleaseEvent(event)


class ActAs(QWidget):
    """`show_people` when the cast is known; `choose_unit` for any other unit, such as the one selected on the map."""

    def __init__(
        self, voice: ActingVoice, store: Store, acting: Acting, look: Look, text: Texts, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._voice = voice
        self._store = store
        self._acting = acting
        self._look = look
        self._text = text
        self._people: dict[str, Person] = {}
        self.who, self.where = QComboBox(self), QComboBox(self)
        self.button = ActButton(look, self)
        self.status = QLabel(self)
        self._labels = {key: QLabel(self) for key in ("who", "where")}
        self._arrange()
        self.who.currentIndexChanged.connect(self._offer_places)
        self.button.held.connect(self._hold)
        self.button.let_go.connect(self._let_go)
        voice.on_change = self.read
        text.changed.connect(self._retranslate)
        follow(self, store, self._on_notice)
        self._retranslate()

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        for row, (key, field) in enumerate((("who", self.who), ("where", self.where))):
            self._labels[key].setBuddy(field)
            field.setObjectName(f"act_{key}")
            field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            field.setMinimumContentsLength(12)
            grid.addWidget(self._labels[key], row, 0)
            grid.addWidget(field, row, 1)
        grid.addWidget(self.button, 0, 2, 2, 1)
        grid.addWidget(self.status, 2, 0, 1, 3)
        grid.setColumnStretch(1, 1)
        self.button.setObjectName("act_button")
        self.status.setObjectName("act_status")
        self.status.setWordWrap(True)
        # Two lines at any time: what is about to be pressed does not move when it is refused.
        self.status.setMinimumHeight(2 * self.status.fontMetrics().lineSpacing())
        self.status.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)

    # --- whom and where -------------------------------------------------------------------------------------

    def show_people(self, people: Iterable[Person]) -> None:
        """Whoever is chosen stays so while he is among them."""
        chosen = self.who.currentData()
        self._people = {person.who: person for person in people}
        self.who.blockSignals(True)
        self.who.clear()
        for person in self._people.values():
            self.who.addItem(person.name, person.who)
        self.who.setCurrentIndex(max(0, self.who.findData(chosen)) if self._people else -1)
        self.who.blockSignals(False)
        self._offer_places()
        self.read()

    def choose_unit(self, unit_id: UnitId) -> None:
        """Of the cast by its name there, else as itself."""
        played = next((person for person in self._people.values() if person.unit_id == unit_id), None)
        if played is None:
            state = self._store.picture.units.get(unit_id)
            if state is None:
                return
            played = Person(unit_id, state.unit.name, unit_id)
            self.show_people((*self._people.values(), played))
        self.who.setCurrentIndex(self.who.findData(played.who))

    def _offer_places(self) -> None:
        """The talkgroups that one hears, then the telephone."""
        chosen = self.where.currentData()
        person = self._people.get(self.who.currentData() or "")
        state = self._store.picture.units.get(person.unit_id) if person is not None and person.unit_id else None
        self.where.clear()
        for talkgroup_id in state.unit.talkgroup_ids if state is not None else ():
            group = self._store.picture.talkgroups.get(talkgroup_id)
            if group is not None:
                self.where.addItem(group.talkgroup.name, talkgroup_id)
        if person is not None:
            self.where.addItem(self._text("act.phone"), PHONE)
        self.where.setCurrentIndex(max(0, self.where.findData(chosen)) if self.where.count() else -1)

    # --- the button ------------------------------------------------------------------------------------------

    def _hold(self) -> None:
        who, where = self.who.currentData(), self.where.currentData()
        if who is not None:
            group = TalkgroupId(where) if where != PHONE else None
            self._acting.start(self._voice.press(who, talkgroup_id=group, is_in_call=group is None))

    def _let_go(self) -> None:
        self._acting.start(self._voice.let_go())

    def read(self) -> None:
        """Where it stands."""
        view = self._voice.view
        is_possible = bool(self._people)
        for field in (self.who, self.where):
            field.setEnabled(is_possible and view.state not in (ActState.ASKING, ActState.TALKING))
        tone = _TONES[view.state] if is_possible else Tone.OFF
        self.button.show_face(Face(tone, "microphone", "", self._text("act.button")))
        self.status.setText(self._words())
        trouble = view.state in (ActState.DENIED, ActState.ENDED)
        self.status.setProperty("tone", "danger" if trouble else "")
        self.status.style().polish(self.status)

    def _words(self) -> str:
        view = self._voice.view
        name = self._people[view.who].name if view.who in self._people else view.who
        if not self._people:
            return self._text("act.nobody")
        if view.state is ActState.DENIED:
            if view.refused is None:
                return self._text("act.unsent")
            return self._text("act.denied", reason=view.refused.text or self._text.refusal(view.refused.code))
        return self._text(f"act.{view.state.value}", name=name)

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case Changed(noun="drill"):
                self._voice.follow()
            case LinkChanged() if self._store.link.phase is not LinkPhase.ONLINE:
                self._voice.lost()
            case _:
                pass

    def _retranslate(self) -> None:
        for key, label in self._labels.items():
            label.setText(self._text(f"act.{key}"))
        self.button.setToolTip(self._text("act.tip"))
        self._offer_places()
        self.read()
