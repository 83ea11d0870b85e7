"""The talkgroup bar: one card a talkgroup, in the gateway's order, which never changes with what is going on."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from comms.domain.ids import TalkgroupId
from comms.domain.order import UnitsTarget
from comms.domain.talkgroup import Talkgroup
from console.store.notices import Changed, FloorChanged, Notice, Reset, SessionChanged, TalkChanged
from console.store.store import Store
from ui.controls import Controls
from ui.models.presence import Presence
from ui.panels.card_face import read_face
from ui.panels.talk_card import HEIGHT_PX, TalkCard
from ui.push_to_talk import PushToTalk
from ui.selection import Selection
from ui.text import Texts
from ui.theme import Look
from ui.watch import follow
from ui.widgets.labels import label

_TICK_MS = 250


class TalkgroupBar(QScrollArea):
    def __init__(
        self,
        *,
        store: Store,
        controls: Controls,
        selection: Selection,
        push_to_talk: PushToTalk,
        presence: Presence,
        look: Look,
        text: Texts,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._controls = controls
        self._selection = selection
        self._push_to_talk = push_to_talk
        self._presence = presence
        self._look = look
        self._text = text
        self._seats: list[QWidget] = []
        """By place: a TalkCard, or an empty widget of its size."""
        self._cards: dict[TalkgroupId, TalkCard] = {}
        self._is_lit = True
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._body = QWidget(self)
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(6, 6, 6, 6)
        self._column.setSpacing(3)
        self._empty = label(tone="dim", wraps=True, parent=self._body)
        self._column.addWidget(self._empty)
        self._column.addStretch(1)
        self.setWidget(self._body)
        self._connect()
        self._rebuild()

    def _connect(self) -> None:
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._tick)
        self._presence.changed.connect(self._show_hearing)
        self._selection.talkgroupChanged.connect(self._show_chosen)
        self._text.changed.connect(self._read_all)
        self._look.changed.connect(self._restyle)
        follow(self, self._store, self._on_notice)

    def card(self, talkgroup_id: TalkgroupId) -> TalkCard:
        return self._cards[talkgroup_id]

    @property
    def cards(self) -> tuple[TalkCard, ...]:
        return tuple(self._cards.values())

    def bring_chosen(self) -> None:
        """Scroll the chosen card into sight."""
        for talkgroup_id, card in self._cards.items():
            if talkgroup_id == self._selection.talkgroup_id:
                self.ensureWidgetVisible(card)

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case FloorChanged(talkgroup_id) | TalkChanged(talkgroup_id):
                self._read(talkgroup_id)
            case SessionChanged() | Reset():
                self._rebuild()
            case Changed(noun="talkgroup"):
                self._rebuild_if_changed()
            case _:
                pass

    def _rebuild_if_changed(self) -> None:
        if tuple(self._group_at(place) for place in range(len(self._seats))) != self._store.cards:
            self._rebuild()
        for talkgroup_id, card in self._cards.items():
            self._show_ad_hoc(talkgroup_id, card)

    def _group_at(self, place: int) -> Talkgroup | None:
        seat = self._seats[place]
        return seat.talkgroup if isinstance(seat, TalkCard) else None

    def _rebuild(self) -> None:
        """Each place by itself: no card moves, and none is made anew, because another comes or goes."""
        wanted, before = self._store.cards, self._cards
        while len(self._seats) > len(wanted):
            self._clear(len(self._seats) - 1)
            del self._seats[-1]
        for place, group in enumerate(wanted):
            if place < len(self._seats) and self._group_at(place) == group:
                continue
            if place < len(self._seats):
                self._clear(place)
                del self._seats[place]
            self._seats.insert(place, self._new_card(group, place) if group is not None else self._new_gap(place))
        self._cards = {seat.talkgroup.id: seat for seat in self._seats if isinstance(seat, TalkCard)}
        self._empty.setVisible(not self._cards)
        if self._selection.talkgroup_id not in self._cards and not self._push_to_talk.held:
            self._selection.set_talkgroup(next(iter(self._store.affiliated), None))
        elif self._selection.talkgroup_id not in before:  # when it has its place, and the bar has grown by it
            QTimer.singleShot(0, self, self.bring_chosen)
            self.verticalScrollBar().rangeChanged.connect(self.bring_chosen, Qt.ConnectionType.SingleShotConnection)
        self._show_chosen()
        self._show_hearing()
        self._read_all()

    def _clear(self, place: int) -> None:
        seat = self._seats[place]
        if isinstance(seat, TalkCard):
            self._push_to_talk.release(_source(seat.talkgroup.id))
        self._column.removeWidget(seat)
        seat.hide()
        seat.deleteLater()

    def _new_gap(self, place: int) -> QWidget:
        gap = QWidget(self._body)
        gap.setFixedHeight(self._look.px(HEIGHT_PX))
        self._column.insertWidget(place, gap)
        return gap

    def _new_card(self, group: Talkgroup, place: int) -> TalkCard:
        card = TalkCard(group, place + 1, self._look, self._text, self._body)
        card.chosen.connect(self._choose)
        card.listening.connect(self._listen)
        card.held.connect(self._hold)
        card.let_go.connect(self._let_go)
        card.ended.connect(self._end)
        card.following.connect(self._follow)
        self._column.insertWidget(place, card)
        self._show_ad_hoc(group.id, card)
        return card

    def _show_ad_hoc(self, talkgroup_id: TalkgroupId, card: TalkCard) -> None:
        state = self._store.picture.talkgroups.get(talkgroup_id)
        if state is not None and state.ad_hoc is not None and card.tools is not None:
            can_follow = not isinstance(state.ad_hoc.area, UnitsTarget)
            card.tools.show_following(state.ad_hoc.is_following_area, can_follow=can_follow)

    def _end(self, talkgroup_id: str) -> None:
        self._controls.area_calls.end(TalkgroupId(talkgroup_id))

    def _follow(self, talkgroup_id: str, is_following: bool) -> None:
        self._controls.area_calls.follow(TalkgroupId(talkgroup_id), is_following)
        self._show_ad_hoc(TalkgroupId(talkgroup_id), self._cards[TalkgroupId(talkgroup_id)])

    def _choose(self, talkgroup_id: str) -> None:
        self._controls.select_talkgroup(TalkgroupId(talkgroup_id))

    def _listen(self, talkgroup_id: str, is_heard: bool) -> None:
        self._controls.listen(TalkgroupId(talkgroup_id), is_heard)

    def _hold(self, talkgroup_id: str) -> None:
        self._push_to_talk.press(_source(talkgroup_id), TalkgroupId(talkgroup_id))

    def _let_go(self, talkgroup_id: str) -> None:
        self._push_to_talk.release(_source(talkgroup_id))

    # --- showing --------------------------------------------------------------------------------------

    def _read(self, talkgroup_id: TalkgroupId) -> None:
        card = self._cards.get(talkgroup_id)
        if card is not None:
            card.show_face(read_face(self._store, talkgroup_id, self._text), is_lit=self._is_lit)
        self._run_clock()

    def _read_all(self) -> None:
        self._empty.setText(self._text("card.none"))
        for talkgroup_id in self._cards:
            self._read(talkgroup_id)
            self._cards[talkgroup_id].restyle()

    def _restyle(self) -> None:
        for seat in self._seats:
            if isinstance(seat, TalkCard):
                seat.restyle()
            else:
                seat.setFixedHeight(self._look.px(HEIGHT_PX))

    def _show_chosen(self) -> None:
        for talkgroup_id, card in self._cards.items():
            card.show_chosen(talkgroup_id == self._selection.talkgroup_id)

    def _show_hearing(self) -> None:
        for talkgroup_id, card in self._cards.items():
            card.show_hearing(self._presence.hearing[talkgroup_id])

    def _run_clock(self) -> None:
        """Ticks only while a time runs or a card blinks."""
        if not any(card.face.is_running or card.face.blinks for card in self._cards.values()):
            self._clock.stop()
        elif not self._clock.isActive():
            self._clock.start()

    def _tick(self) -> None:
        self._is_lit = not self._is_lit
        for talkgroup_id, card in self._cards.items():
            if card.face.is_running or card.face.blinks:
                self._read(talkgroup_id)


def _source(talkgroup_id: str) -> str:
    return f"button {talkgroup_id}"
