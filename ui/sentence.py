"""One line of the duty log: a key and its values, and the names of things as they are now."""

from dataclasses import dataclass, field

from comms.domain.alarm import Alarm
from comms.domain.ids import (
    AlarmId,
    BlobId,
    CallId,
    DepartmentId,
    HandoverId,
    IncidentId,
    ItemId,
    OrderId,
    PartyId,
    PostId,
    ShiftId,
    TalkgroupId,
    UnitId,
    VideoId,
    WeatherId,
    unit_party,
)
from console.store.store import Store
from ui.alarm.words import Said, said, sentence
from ui.text import Texts
from ui.weather.words import weather_name
from ui.words import day, party_name


@dataclass(frozen=True, slots=True)
class Word:
    """A value that is itself a text of the catalogue."""

    key: str


Values = dict[str, str | int | Word]


@dataclass(frozen=True, slots=True)
class Sentence:
    """`icon` and `tone` are how it looks; `play` and `unit_id` what a click can do."""

    key: str
    icon: str
    values: Values = field(default_factory=dict)
    tone: str = ""
    play: BlobId | None = None
    unit_id: UnitId | None = None
    order_id: OrderId | None = None
    about_seq: int | None = None
    """The entry that it is a remark to."""

    def read(self, text: Texts) -> str:
        spoken = {name: text(value.key) if isinstance(value, Word) else value for name, value in self.values.items()}
        return text(self.key, **spoken)


class Names:
    """Names of things as the picture has them now."""

    def __init__(self, store: Store, text: Texts) -> None:
        self.store = store
        self.text = text

    def can_say(self, key: str) -> bool:
        return self.text.has(key)

    def party(self, party: PartyId) -> str:
        return party_name(self.store, party, self.text)

    def unit(self, unit_id: UnitId) -> str:
        return self.party(unit_party(unit_id))

    def units(self, unit_ids: tuple[UnitId, ...]) -> str:
        return self.text("list.separator").join(self.unit(unit_id) for unit_id in unit_ids[:3])

    def talkgroup(self, talkgroup_id: TalkgroupId) -> str:
        state = self.store.picture.talkgroups.get(talkgroup_id)
        gone = self.store.picture.dissolved.get(talkgroup_id)
        return state.talkgroup.name if state is not None else gone.name if gone is not None else talkgroup_id

    def alarm(self, alarm_id: AlarmId) -> str:
        state = self.store.picture.alarms.states.get(alarm_id)
        return sentence(state.alarm, self.store, self.text) if state is not None else alarm_id

    def said(self, alarm: Alarm) -> Said:
        return said(alarm, self.store, self.text)

    def incident(self, incident_id: IncidentId) -> str:
        state = self.store.picture.incidents.states.get(incident_id)
        return state.incident.kind if state is not None else incident_id

    def department(self, department_id: DepartmentId) -> str:
        department = self.store.picture.departments.get(department_id)
        return department.name if department is not None else department_id

    def item(self, item_id: ItemId) -> str:
        state = self.store.picture.items.states.get(item_id)
        return state.item.name if state is not None else item_id

    def weather(self, weather_id: WeatherId) -> str:
        state = self.store.picture.weather.states.get(weather_id)
        return weather_name(state.alert, self.text) if state is not None else weather_id

    def order(self, order_id: OrderId) -> str:
        state = self.store.picture.orders.get(order_id)
        return state.order.title if state is not None else order_id

    def post(self, post_id: PostId) -> str:
        post = self.store.picture.duty.posts.get(post_id)
        return post.name if post is not None else post_id

    def shift(self, shift_id: ShiftId) -> str:
        """Post, name and day of a shift."""
        state = self.store.picture.duty.shifts.get(shift_id)
        if state is None:
            return self.text("duty.shift")
        shift = state.shift
        values = {"post": self.post(shift.post_id), "shift": shift.name, "day": day(shift.start_at)[5:]}
        return self.text("duty.shift_words", **values)

    def handover_shift(self, handover_id: HandoverId) -> str:
        state = self.store.picture.duty.handovers.get(handover_id)
        return self.shift(state.shift_id) if state is not None else self.text("duty.shift")

    def call(self, call_id: CallId) -> tuple[str, str] | None:
        """Caller and called of a point call; None for a group call or a forgotten one."""
        state = self.store.picture.calls.get(call_id)
        if state is None or state.call.callee is None:
            return None
        return self.party(state.call.caller), self.party(state.call.callee)

    def video_unit(self, video_id: VideoId) -> UnitId | None:
        state = self.store.picture.videos.get(video_id)
        return state.video.unit_id if state is not None else None
