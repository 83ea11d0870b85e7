"""The Store: what the desk knows now. Lives on the UI thread; no Qt, no sockets, no waiting."""

from collections.abc import Callable
from typing import assert_never

import msgspec

from comms.domain.events import Recorded
from comms.domain.ids import CallId, PartyId, TalkgroupId, UnitId, unit_party
from comms.domain.picture import Change, Picture
from comms.domain.talkgroup import Talkgroup
from comms.protocol import pushes
from comms.protocol.area import Area
from comms.protocol.drill_commands import DrillStatus
from comms.protocol.frames import PositionColumns, decode_positions
from console.gate import Gate
from console.store import notices as say
from console.store.calls import PointCall, RingingCall
from console.store.cards import CardPlaces
from console.store.drill import DrillView
from console.store.floors import FloorView, TalkView
from console.store.link import Affiliated, LinkPhase, LinkState, MediaReport, OwnSession, RenewalReport, own_session
from console.store.log import EventLog
from console.store.names import known_name
from console.store.notices import Notice
from console.store.positions import PositionTable
from console.store.recording import RecordingView
from console.store.subscribers import Subscriber, Subscribers
from console.store.voice import VoicePush, VoiceView

Local = LinkState | MediaReport | TalkView | Affiliated | RenewalReport | Area | DrillStatus
"""What the desk's own comms thread reports, in one order with the gateway's pushes, and what an action asked for."""
Arrival = pushes.Push | Local


class Store:
    """One per desk. `apply_*` folds what arrived and then tells every subscriber what exactly changed."""

    def __init__(self, *, now: Callable[[], float]) -> None:
        self._now = now
        self._subscribers = Subscribers()
        self.gate = Gate()  # closed while news is taken in, or a map painted
        self.picture, self.drill = Picture(), DrillView(now)
        self.positions, self.log = PositionTable(), EventLog()
        self.voice, self.recording = VoiceView(), RecordingView()
        self._places = CardPlaces()
        self.area: Area | None = None
        self.session: OwnSession | None = None
        self.link, self.media = LinkState(phase=LinkPhase.CLOSED), MediaReport()
        self.gateway_url, self.is_in_sync = "", False
        """Of the gateway that is spoken to. In sync is False until the first snapshot, and while events are missing."""

    # --- reading -----------------------------------------------------------------------------------

    @property
    def slots(self) -> dict[str, pushes.MediaSlot]:
        """What each receiving m-line carries, by mid."""
        return self.voice.slots

    @property
    def ringing(self) -> dict[CallId, RingingCall]:
        return self.voice.calls.ringing

    @property
    def point_call(self) -> PointCall | None:
        return self.voice.calls.current

    @property
    def affiliated(self) -> tuple[TalkgroupId, ...]:
        """Talkgroups this desk hears; the first is the selected one."""
        return self.session.affiliated if self.session is not None else ()

    @property
    def cards(self) -> tuple[Talkgroup | None, ...]:
        """Talkgroups by the place of their card; None is an empty place, which another ad-hoc call may take."""
        return self._places.cards(self.picture, self.session)

    def floor(self, talkgroup_id: TalkgroupId) -> FloorView:
        return self.voice.floors.get(talkgroup_id) or FloorView(talkgroup_id=talkgroup_id)

    def talk(self, talkgroup_id: TalkgroupId) -> TalkView:
        return self.voice.talks.get(talkgroup_id) or TalkView(talkgroup_id=talkgroup_id)

    def party_name(self, party: PartyId) -> str:
        """The name an officer knows a party by; its id when the picture does not have it."""
        return known_name(self.picture, party)

    def server_now(self) -> float:
        """The gateway's wall clock, Unix seconds: deadlines and ring times are in it."""
        return self.session.server_now(self._now(), self.drill) if self.session is not None else self._now()

    # --- subscribing ----------------------------------------------------------------------------------

    def subscribe(self, callback: Subscriber) -> Callable[[], None]:
        """Call `callback` with every notice from now on, until the returned function is called."""
        return self._subscribers.add(callback)

    def _tell(self, *notices: Notice) -> None:
        self._subscribers.tell(notices)

    # --- what the comms thread hands over -----------------------------------------------------------------

    def apply(self, arrival: Arrival) -> None:
        """One item of the inbox."""
        with self.gate:
            if isinstance(arrival, Local):
                self.apply_local(arrival)
            else:
                self.apply_push(arrival)

    def apply_positions(self, frame: bytes | PositionColumns) -> None:
        """One frame, decoded or not. Raises FrameError when the bytes are none."""
        with self.gate:
            rows = self.positions.apply(decode_positions(frame) if isinstance(frame, bytes) else frame)
            if len(rows):
                self._tell(say.PositionsMoved(rows))

    def apply_local(self, report: Local) -> None:
        match report:
            case LinkState():
                self.link = report
                self._tell(say.LinkChanged())
            case MediaReport():
                self.media = report
                self._tell(say.MediaChanged())
            case TalkView():
                self._tell(*self.voice.set_talk(report))
            case Affiliated():
                self.set_affiliated(report.talkgroup_ids)
            case RenewalReport():
                self._renew(report)
            case DrillStatus():
                self._tell(*self.drill.take(report))
            case Area():
                self.area = report
                self._tell(say.AreaLoaded())
            case _:
                assert_never(report)

    def apply_push(self, push: pushes.Push) -> None:
        """Fold one push. Kinds that are for terminals, or only answers, change nothing here."""
        match push:
            case pushes.EventPush():
                self._apply_event(push.recorded)
            case pushes.PictureSnapshot():
                self._replace_picture(push.picture)
            case pushes.PictureResumed():
                self.is_in_sync = True
            case pushes.Welcome():
                self._begin_session(push)
            case pushes.LogPage():
                self.fill_log(push)
            case pushes.SessionEnded():
                self._tell(say.SessionClosed(push.code, push.text))
            case pushes.Refused(id=""):
                self._tell(*self.recording.warned(push))
            case _ if isinstance(push, VoicePush):
                self._tell(*self.voice.apply(push, self.session, now=self.server_now()))
            case _:
                pass

    def set_affiliated(self, talkgroup_ids: tuple[TalkgroupId, ...]) -> None:
        """The gateway confirmed which talkgroups this desk hears."""
        if self.session is not None:
            self.session = msgspec.structs.replace(self.session, affiliated=talkgroup_ids)
            self._tell(say.SessionChanged(), *self.voice.keep_only(talkgroup_ids))

    def _renew(self, report: RenewalReport) -> None:
        if self.session is not None:
            self.session = msgspec.structs.replace(
                self.session, token_expires_at=report.expires_at, renewal_fault=report.fault
            )
            self._tell(say.SessionChanged())

    def fill_log(self, page: pushes.LogPage) -> None:
        if self.log.fill(page.events):
            self._tell(say.LogFilled())

    def call_placed(self, call_id: CallId, unit_id: UnitId) -> None:
        self._tell(*self.voice.calls.placed(call_id, unit_party(unit_id), now=self.server_now()))

    def _apply_event(self, recorded: Recorded) -> None:
        if recorded.seq <= self.picture.seq:
            return
        if recorded.seq != self.picture.seq + 1:
            if self.is_in_sync:
                self.is_in_sync = False
                self._tell(say.GapFound(self.picture.seq))
            return
        notices: list[Notice] = []
        for change in self.picture.apply(recorded):
            notices += self._follow(change)
        self.drill.follow(recorded, self.picture.drill.state)
        if self.log.add(recorded):
            notices.append(say.LogGrew(recorded))
        self._tell(*notices)

    def _follow(self, change: Change) -> list[Notice]:
        """Keep rows and own calls in step with the picture."""
        told: list[Notice] = [say.Changed(change.noun, change.id, change.is_new)]
        self.recording.follow(change)
        if change.noun == "unit":
            self.positions.place((self.picture.units[UnitId(change.id)],))
        elif change.noun == "talkgroup":
            self._places.update(self.picture, self.session)
            self._leave_gone()
        elif change.noun == "call" and self.session is not None:
            told += self.voice.calls.adopt(self.picture.calls[CallId(change.id)], self.session.party)
        return told

    def _leave_gone(self) -> None:
        """An ad-hoc talkgroup is over: this desk is back in what it had."""
        heard = tuple(held for held in self.affiliated if held not in self.picture.dissolved)
        if heard != self.affiliated:
            self.set_affiliated(heard)

    def _replace_picture(self, picture: Picture) -> None:
        if any(self.positions.unit_at(row) not in picture.units for row in range(len(self.positions))):
            self.positions.clear()
        if picture.seq != (self.log.events[-1].seq if self.log.events else None):
            self.log.clear()
        self.picture = picture
        self.drill.replaced(picture.drill.state)
        self.positions.forget_order()
        self.positions.place(tuple(picture.units.values()))
        self.is_in_sync = True
        self._places.update(picture, self.session)
        self._leave_gone()
        self._tell(say.Reset())
        if self.session is not None:
            self._tell(*self.voice.adopt_calls(picture, self.session.party))

    def _begin_session(self, welcome: pushes.Welcome) -> None:
        self.session, self.recording = own_session(welcome, now=self._now()), RecordingView()
        self.drill.begin_session(welcome.server_time)
        self._tell(say.SessionChanged(), *self.voice.clear())
