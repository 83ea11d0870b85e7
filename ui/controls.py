"""What keys, buttons, menus and the palette set off. Each method is one step; nothing here assumes success."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from comms.domain.ids import CallId, OrderId, TalkgroupId, UnitId, VideoId
from comms.domain.order import AssignmentState, CircleTarget, OrderTarget, Place, UnitsTarget
from comms.protocol.pushes import Done
from console.actions.requester import Outcome
from console.store.store import Store
from ui.acting import Acting
from ui.desk import Actions, Playback
from ui.selection import Selection
from ui.text import Texts

NEAREST_COUNT = 3


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a new order starts with; None leaves the draft's own."""

    target: OrderTarget | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A sentence the officer has to give a reason for; `answer` gets the reason."""

    sentence: str
    answer: Callable[[str], None]


class Controls(QObject):
    """Signals ask the window for what only it can do; the rest goes to the actions."""

    composing = Signal(object)
    """Open the order sheet with a Beginning."""
    asking = Signal(object)
    """Ask for a reason: a Question."""
    centring = Signal(float, float)
    """Show this latitude and longitude on the map."""
    showing = Signal(str)
    """Bring a part of the window to the front: its name."""

    def __init__(
        self,
        *,
        store: Store,
        actions: Actions,
        selection: Selection,
        acting: Acting,
        playback: Playback,
        text: Texts,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.store = store
        self.selection = selection
        self._actions = actions
        self._acting = acting
        self._playback = playback
        self._text = text

    # --- voice ----------------------------------------------------------------------------------------

    def listen(self, talkgroup_id: TalkgroupId, is_heard: bool) -> None:
        """Affiliate to a talkgroup or leave it."""
        heard = self.store.affiliated
        if is_heard == (talkgroup_id in heard):
            return
        rest = tuple(known for known in heard if known != talkgroup_id)
        self._acting.start(self._actions.voice.affiliate((*rest, talkgroup_id) if is_heard else rest))

    def select_talkgroup(self, talkgroup_id: TalkgroupId) -> None:
        """The space key talks to this one from now on."""
        self.selection.set_talkgroup(talkgroup_id)
        if talkgroup_id in self.store.affiliated and self.store.affiliated[0] != talkgroup_id:
            self._acting.start(self._actions.voice.select(talkgroup_id))

    def select_card(self, number: int) -> None:
        """The card at a place in the bar, counted from 1."""
        session = self.store.session
        if session is not None and number <= len(session.talkgroups):
            self.select_talkgroup(session.talkgroups[number - 1].id)

    def answer_first(self) -> None:
        for call_id in list(self.store.ringing)[:1]:
            self.answer(call_id)

    def answer(self, call_id: CallId) -> None:
        self._acting.start(self._actions.voice.answer(call_id))

    def hang_up_or_reject(self) -> None:
        """Ends the present call; without one, rejects the call that rang first."""
        current = self.store.point_call
        if current is not None:
            self._acting.start(self._actions.voice.hang_up(current.call_id))
            return
        for call_id in list(self.store.ringing)[:1]:
            self._acting.start(self._actions.voice.reject(call_id))

    def toggle_mute(self) -> None:
        self._actions.voice.set_muted(not self._actions.voice.is_muted)

    @property
    def is_muted(self) -> bool:
        return self._actions.voice.is_muted

    def play_last(self) -> None:
        """Hear the newest recording again."""
        recordings = self.store.picture.recordings
        if recordings:
            self._playback.play(next(reversed(recordings.values())).blob_id)

    # --- one unit -------------------------------------------------------------------------------------

    def call_unit(self) -> None:
        unit_id = self.selection.unit_id
        if unit_id is not None:
            self._acting.start(self._actions.voice.place_call(unit_id))

    def video_unit(self) -> None:
        """视频点呼. The tile appears with the event; the worker may decline."""
        unit_id = self.selection.unit_id
        if unit_id is not None:
            self._acting.start(self._actions.video.ask(unit_id))

    def centre_unit(self) -> None:
        unit_id = self.selection.unit_id
        row = self.store.positions.row_of(unit_id) if unit_id is not None else None
        if row is not None and self.store.positions.is_placed[row]:
            positions = self.store.positions
            self.centring.emit(float(positions.lat[row]), float(positions.lon[row]))

    def talkgroup_of_unit(self) -> None:
        """Select the talkgroup the unit is affiliated to, to talk where it listens."""
        unit_id = self.selection.unit_id
        state = self.store.picture.units.get(unit_id) if unit_id is not None else None
        session = self.store.session
        if state is None or session is None:
            return
        known = {talkgroup.id for talkgroup in session.talkgroups}
        for talkgroup_id in state.affiliated:
            if talkgroup_id in known:
                self.select_talkgroup(talkgroup_id)
                self.showing.emit("talkgroups")
                return
        self._acting.tell("warn", self._text("toast.no_common_talkgroup", name=state.unit.name))

    # --- video ----------------------------------------------------------------------------------------

    def watch(self, video_id: VideoId) -> None:
        self._acting.start(self._actions.video.watch(video_id))

    def unwatch(self, video_id: VideoId) -> None:
        self._acting.start(self._actions.video.unwatch(video_id))

    def stop_video(self, video_id: VideoId) -> None:
        self._acting.start(self._actions.video.stop(video_id))

    # --- orders ---------------------------------------------------------------------------------------

    def compose(self, beginning: Beginning | None = None) -> None:
        self.composing.emit(beginning or Beginning())

    def compose_for_selection(self) -> None:
        """An order for the units picked, or an empty one."""
        unit_ids = self.selection.unit_ids
        self.compose(Beginning(target=UnitsTarget(unit_ids) if unit_ids else None, place=self.selection.place))

    def compose_for_nearest(self, place: Place) -> None:
        """An order at a place for the nearest units that are free."""
        nearest = self._actions.dispatch.nearest(lat=place.lat, lon=place.lon, count=NEAREST_COUNT)
        if not nearest:
            self._acting.tell("warn", self._text("toast.nobody_near"))
        self.compose(Beginning(target=UnitsTarget(nearest) if nearest else None, place=place))

    def compose_for_circle(self, circle: CircleTarget) -> None:
        self.compose(Beginning(target=circle, place=Place(lat=circle.lat, lon=circle.lon)))

    def remind(self) -> None:
        order_id = self.selection.order_id
        if order_id is not None:
            self._acting.start(self._actions.dispatch.remind(order_id), self._tell_done("toast.reminded"))

    def cancel_order(self) -> None:
        order_id = self.selection.order_id
        if order_id is not None:
            title = self.store.picture.orders[order_id].order.title
            self.asking.emit(Question(self._text("ask.cancel_order", title=title), self._cancelling(order_id, None)))

    def cancel_unit(self, order_id: OrderId, unit_id: UnitId) -> None:
        name = self._unit_name(unit_id)
        self.asking.emit(Question(self._text("ask.cancel_unit", name=name), self._cancelling(order_id, unit_id)))

    def verify(self) -> None:
        """Every completed part of the order is found good."""
        order_id = self.selection.order_id
        for unit_id in self._completed(order_id):
            self.verify_unit(order_id, unit_id)

    def verify_unit(self, order_id: OrderId | None, unit_id: UnitId) -> None:
        if order_id is not None:
            self._acting.start(self._actions.dispatch.verify(order_id, unit_id))

    def send_back(self) -> None:
        """Every completed part of the order has to be done again."""
        order_id = self.selection.order_id
        unit_ids = self._completed(order_id)
        if order_id is not None and unit_ids:
            names = self._text("list.separator").join(self._unit_name(unit_id) for unit_id in unit_ids[:3])
            sentence = self._text("ask.send_back", name=names, count=len(unit_ids))
            self.asking.emit(Question(sentence, self._sending_back(order_id, unit_ids)))

    def send_back_unit(self, order_id: OrderId, unit_id: UnitId) -> None:
        sentence = self._text("ask.send_back", name=self._unit_name(unit_id), count=1)
        self.asking.emit(Question(sentence, self._sending_back(order_id, (unit_id,))))

    def add_note(self, words: str, done: Callable[[Outcome], None]) -> None:
        self._acting.start(self._actions.duty.note(words), done)

    # --- inside ---------------------------------------------------------------------------------------

    def _completed(self, order_id: OrderId | None) -> tuple[UnitId, ...]:
        state = self.store.picture.orders.get(order_id) if order_id is not None else None
        if state is None:
            return ()
        return tuple(unit for unit, step in state.assignments.items() if step is AssignmentState.COMPLETED)

    def _cancelling(self, order_id: OrderId, unit_id: UnitId | None) -> Callable[[str], None]:
        def cancel(reason: str) -> None:
            self._acting.start(self._actions.dispatch.cancel(order_id, reason=reason, unit_id=unit_id))

        return cancel

    def _sending_back(self, order_id: OrderId, unit_ids: tuple[UnitId, ...]) -> Callable[[str], None]:
        def send_back(reason: str) -> None:
            for unit_id in unit_ids:
                self._acting.start(self._actions.dispatch.send_back(order_id, unit_id, reason=reason))

        return send_back

    def _tell_done(self, key: str) -> Callable[[Outcome], None]:
        def tell(answer: Outcome) -> None:
            if isinstance(answer, Done):
                self._acting.tell("ok", self._text(key))

        return tell

    def _unit_name(self, unit_id: UnitId) -> str:
        state = self.store.picture.units.get(unit_id)
        return state.unit.name if state is not None else unit_id
