"""The log of a span of time: read from the journal page by page, told in slices, named as it was then."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from comms.domain import events as ev
from comms.domain.duty_events import HandoverMade
from comms.domain.ids import AlarmId, CallId, HandoverId, IncidentId, OrderId, TalkgroupId, UnitId, VideoId
from comms.protocol.pushes import LogPage, Refused
from console.actions.requester import Unsent
from console.actions.rota import Rota
from console.store.store import Store
from ui.acting import Acting
from ui.alarm.words import sentence
from ui.sentence import Names, Sentence
from ui.sentences import tell
from ui.text import Texts
from ui.words import clock_time, day

SLICE = 100
"""Events told in one go: some milliseconds."""
GROUPS = ("all", "voice", "orders", "alarms", "incidents", "duty", "notes")
_GROUP_OF = {
    "call": "voice",
    "talk": "voice",
    "talkgroup": "voice",
    "recording": "voice",
    "video": "voice",
    "order": "orders",
    "ladder": "orders",
    "alarm": "alarms",
    "fault": "alarms",
    "weather": "alarms",
    "incident": "incidents",
    "case": "incidents",
    "work_order": "incidents",
    "note": "notes",
}


@dataclass(frozen=True, slots=True)
class LogEntry:
    """`group` is one of GROUPS. Its words are made once, when it is told: of thousands that takes a while."""

    seq: int
    time: str
    """With the day."""
    words: str
    sentence: Sentence
    group: str


class SpanNames(Names):
    """Names as the events of the span themselves say them: the picture has forgotten calls of yesterday."""

    def __init__(self, store: Store, text: Texts) -> None:
        super().__init__(store, text)
        self._calls: dict[CallId, tuple[str, str]] = {}
        self._videos: dict[VideoId, UnitId] = {}
        self._told: dict[str, str] = {}

    def learn(self, event: ev.Event) -> None:
        match event:
            case ev.CallStarted(call=call) if call.callee is not None:
                self._calls[call.id] = (self.party(call.caller), self.party(call.callee))
            case ev.VideoAsked(video=video) | ev.VideoStarted(video=video):
                self._videos[video.id] = video.unit_id
            case ev.OrderIssued(order=order):
                self._told[order.id] = order.title
            case ev.IncidentReported(incident=incident):
                self._told[incident.id] = incident.kind
            case ev.AlarmRaised(alarm=alarm):
                self._told[alarm.id] = sentence(alarm, self.store, self.text)
            case ev.TalkgroupFormed(talkgroup=group):
                self._told[group.id] = group.name
            case HandoverMade(handover_id=handover_id, sheet=sheet):
                self._told[handover_id] = self.shift(sheet.shift_id)
            case _:
                pass

    def call(self, call_id: CallId) -> tuple[str, str] | None:
        return self._calls.get(call_id) or super().call(call_id)

    def video_unit(self, video_id: VideoId) -> UnitId | None:
        return self._videos.get(video_id) or super().video_unit(video_id)

    def order(self, order_id: OrderId) -> str:
        return self._told.get(order_id) or super().order(order_id)

    def incident(self, incident_id: IncidentId) -> str:
        return self._told.get(incident_id) or super().incident(incident_id)

    def alarm(self, alarm_id: AlarmId) -> str:
        return self._told.get(alarm_id) or super().alarm(alarm_id)

    def talkgroup(self, talkgroup_id: TalkgroupId) -> str:
        return self._told.get(talkgroup_id) or super().talkgroup(talkgroup_id)

    def handover_shift(self, handover_id: HandoverId) -> str:
        return self._told.get(handover_id) or super().handover_shift(handover_id)


class ShiftLog(QObject):
    """`changed` after each page, `failed` when the gateway could not be asked. A new `read` gives the old one up."""

    changed = Signal()
    failed = Signal()

    def __init__(self, *, store: Store, rota: Rota, acting: Acting, text: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._rota = rota
        self._acting = acting
        self._text = text
        self._turn = 0
        self._span = (0.0, 0.0)
        self._names = SpanNames(store, text)
        self._waiting: list[ev.Recorded] = []
        self._last_seq = 0
        self._has_more = False
        self.entries: list[LogEntry] = []
        self.is_whole = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tell_some)

    def read(self, from_at: float, until_at: float) -> None:
        self._turn += 1
        self._timer.stop()
        self._span = (from_at, until_at)
        self._names = SpanNames(self._store, self._text)
        self.entries, self._waiting, self._last_seq, self.is_whole = [], [], 0, False
        self._ask()

    def read_again(self) -> None:
        """In another language."""
        self.read(*self._span)

    def follow(self, recorded: ev.Recorded) -> None:
        """A new event, once all before it are here."""
        if self.is_whole and self._follow(recorded):
            self.changed.emit()

    def _follow(self, recorded: ev.Recorded) -> bool:
        is_next = self._span[0] <= recorded.at < self._span[1] and recorded.seq > self._last_seq
        if is_next:
            self._last_seq = recorded.seq
            self._tell_one(recorded)
        return is_next

    def _ask(self) -> None:
        page = self._rota.log_page(*self._span, after_seq=self._last_seq)
        self._acting.start(page, self._taker(self._turn))

    def _taker(self, turn: int) -> Callable[[LogPage | Refused | Unsent], None]:
        def take(answer: LogPage | Refused | Unsent) -> None:
            if turn == self._turn:
                self._take(answer)

        return take

    def _take(self, answer: LogPage | Refused | Unsent) -> None:
        if not isinstance(answer, LogPage):
            self.failed.emit()
            return
        self._waiting, self._has_more = list(answer.events), answer.has_more
        if answer.events:
            self._last_seq = answer.events[-1].seq
        self._tell_some()

    def _tell_some(self) -> None:
        some, self._waiting = self._waiting[:SLICE], self._waiting[SLICE:]
        for recorded in some:
            self._tell_one(recorded)
        if self._waiting:
            self._timer.start(0)
            return
        self.is_whole = not self._has_more
        if self._has_more:
            self.changed.emit()
            self._ask()
            return
        for recorded in list(self._store.log.events):  # what was told while the last page was on its way
            self._follow(recorded)
        self.changed.emit()

    def _tell_one(self, recorded: ev.Recorded) -> None:
        self._names.learn(recorded.event)
        told = tell(recorded, self._store, self._text, self._names)
        if told is not None:
            kind = str(type(recorded.event).__struct_config__.tag).partition(".")[0]
            group = _GROUP_OF.get(kind, "duty")
            time = f"{day(recorded.at)[5:]} {clock_time(recorded.at)}"
            self.entries.append(LogEntry(recorded.seq, time, told.read(self._text), told, group))
