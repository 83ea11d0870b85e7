"""What keys, buttons, menus and the palette set off. Each method is one step; nothing here assumes success."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from comms.domain.ids import BlobId, CallId, TalkgroupId, VideoId
from console.actions.requester import Outcome
from console.store.store import Store
from ui.acting import Acting
from ui.alarm.controls import AlarmControls
from ui.alarm.fence_controls import FenceControls
from ui.area_call_controls import AreaCallControls
from ui.desk import Actions, Playback
from ui.hub.controls import HubControls
from ui.item.controls import ItemControls
from ui.mark.controls import MarkControls
from ui.order.controls import OrderControls
from ui.selection import Selection
from ui.text import Texts
from ui.weather.controls import WeatherControls


class Controls(QObject):
    """Signals ask the window for what only it can do; the rest goes to the actions."""

    mutedChanged = Signal()
    centring = Signal(float, float)
    """Show this latitude and longitude on the map."""
    drawing = Signal(object)
    """Take up this MapTool on the map."""
    following = Signal()
    """The map stays on the selected unit, or no longer."""
    showing = Signal(str)
    """Bring a part of the window to the front: its name."""
    emergency = Signal(str)
    """At a locked desk the key of the command with this id was pressed."""
    is_locked = False
    drilling = Signal(str)
    """Play the scenario in this file as a drill."""

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
        self.alarms = AlarmControls(
            store=store, alarming=actions.alarming, selection=selection, acting=acting, text=text, parent=self
        )
        self.fences = FenceControls(
            store=store, alarming=actions.alarming, selection=selection, acting=acting, text=text, parent=self
        )
        self.weather = WeatherControls(
            store=store, alarming=actions.alarming, selection=selection, acting=acting, text=text, parent=self
        )
        self.area_calls = AreaCallControls(
            store=store, area_calls=actions.area_calls, selection=selection, acting=acting, text=text, parent=self
        )
        self.items = ItemControls(store=store, items=actions.items, acting=acting, text=text, parent=self)
        self.marks = MarkControls(store=store, marks=actions.marks, acting=acting, text=text, parent=self)
        self.orders = OrderControls(
            store=store, dispatch=actions.dispatch, selection=selection, acting=acting, text=text, parent=self
        )
        self.hub = self._make_hub()
        self.hub.sights.centring.connect(self.centring)
        self.hub.bulk.confirming.connect(partial(self.showing.emit, "hub_confirm"))
        self.items.asking.connect(self.orders.asking)
        self.marks.asking.connect(self.orders.asking)  # one sheet asks for words

    def _make_hub(self) -> HubControls:
        return HubControls(
            store=self.store,
            incidents=self._actions.incidents,
            quarantine=self._actions.quarantine,
            dispatch=self._actions.dispatch,
            orders=self.orders,
            selection=self.selection,
            acting=self._acting,
            text=self._text,
            parent=self,
        )

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
        cards = self.store.cards
        group = cards[number - 1] if number <= len(cards) else None
        if group is not None:
            self.select_talkgroup(group.id)

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
        self.mutedChanged.emit()

    @property
    def is_muted(self) -> bool:
        return self._actions.voice.is_muted

    def play(self, blob_id: BlobId) -> None:
        """Hear a recording."""
        self._playback.play(blob_id)

    def play_last(self) -> None:
        """Hear the newest recording again."""
        recordings = self.store.picture.recordings
        if recordings:
            self.play(next(reversed(recordings.values())).blob_id)

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
        known = {talkgroup.id for talkgroup in self.store.cards if talkgroup is not None}
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

    # --- the log ---------------------------------------------------------------------------------------

    def add_note(self, words: str, done: Callable[[Outcome], None]) -> None:
        self._acting.start(self._actions.duty.note(words), done)
