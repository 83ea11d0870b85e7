"""Injects (情景注入): what a drill lets happen, when, and through whom. Data of a scenario, see `scenario`."""

from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from comms.domain.alarm import AlarmKind, AlarmPriority
from comms.domain.order import OrderPriority
from comms.domain.weather import WeatherKind, WeatherLevel

Words = str | dict[str, str]
"""In one language, or by locale (`zh_CN`, `en`); `plan.said` picks one."""
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""What the parts of a scenario are called among themselves."""
ActorId = Name
InjectId = Name
ExpectationId = Name
ObjectiveId = Name
RoleId = Name
LONGEST_S = 24 * 3600.0
"""No drill is longer than a day."""
Seconds = Annotated[float, Meta(ge=0, le=LONGEST_S)]
Metres = Annotated[float, Meta(gt=0, le=20_000)]
Line = Annotated[str, Meta(min_length=1, max_length=100)]
"""A word or name of the town, as it is written there."""


class Spot(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where in the drill's area, in exactly one way: `lat` and `lon` (WGS-84), a grid's code, a street (with the one it
    meets), or a key place, a camera or a risk source by its name. `text` is what an officer would be told."""

    text: Words = ""
    lat: Annotated[float, Meta(ge=-90, le=90)] | None = None
    lon: Annotated[float, Meta(ge=-180, le=180)] | None = None
    grid: Line | None = None
    street: Line | None = None
    crossing: Line | None = None
    named: Line | None = None

    @property
    def is_single(self) -> bool:
        """It says where once, and whole."""
        ways = (self.lat is not None or self.lon is not None, self.grid, self.street, self.named)
        is_whole = (self.lat is None) == (self.lon is None) and (self.crossing is None or self.street is not None)
        return sum(bool(way) for way in ways) == 1 and is_whole


# --- when ---------------------------------------------------------------------------------------------------


class _When(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="by", forbid_unknown_fields=True):
    pass


class AtTime(_When, frozen=True, kw_only=True, tag="time"):
    """At this second of the drill clock, counted from its beginning."""

    s: Seconds


class AfterInject(_When, frozen=True, kw_only=True, tag="inject"):
    """So many seconds after another inject was fired."""

    inject: InjectId
    s: Seconds = 0.0


class WhenMet(_When, frozen=True, kw_only=True, tag="met"):
    """The trainee did what was expected."""

    expectation: ExpectationId
    s: Seconds = 0.0


class WhenMissed(_When, frozen=True, kw_only=True, tag="missed"):
    """A contingency: what was expected had not been done in its time."""

    expectation: ExpectationId
    s: Seconds = 0.0


class WhenSettled(_When, frozen=True, kw_only=True, tag="settled"):
    """What was expected was done, or its time is up: the story goes on either way."""

    expectation: ExpectationId
    s: Seconds = 0.0


When = AtTime | AfterInject | WhenMet | WhenMissed | WhenSettled


# --- what ---------------------------------------------------------------------------------------------------


class Scene(StrEnum):
    """What a generated picture or video shows."""

    STREET = "street"
    FLOOD = "flood"
    FIRE = "fire"
    SMOKE = "smoke"
    LEAK = "leak"
    CROWD = "crowd"
    PERSON = "person"
    ROOM = "room"


class UnitCause(StrEnum):
    DOWN = "down"
    """The terminal is gone and stays so, unless it has a time."""
    SIGNAL_LOST = "signal_lost"
    BATTERY_LOW = "battery_low"


class _What(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="do", forbid_unknown_fields=True):
    pass


class SendWorkOrder(_What, frozen=True, kw_only=True, tag="work_order"):
    """An outside system sends one in; it becomes an incident. `kind` and `source` are words of the site."""

    source: Line
    kind: Line
    text: Words
    place: Spot
    priority: OrderPriority = OrderPriority.NORMAL


class Call(_What, frozen=True, kw_only=True, tag="caller"):
    """Somebody calls the desk: a unit by a point call, a citizen through the hotline. With a `kind` and a place, what a
    citizen tells is an incident as well."""

    actor: ActorId
    text: Words
    kind: Line | None = None
    place: Spot | None = None
    priority: OrderPriority = OrderPriority.NORMAL


class RaiseAlarm(_What, frozen=True, kw_only=True, tag="alarm"):
    """`text` is the sentence of a warning; other kinds have theirs. Without `for_s` its cause holds until it is
    acknowledged."""

    kind: AlarmKind = AlarmKind.WARNING
    priority: AlarmPriority = AlarmPriority.HIGH
    text: Words = ""
    actor: ActorId | None = None
    place: Spot | None = None
    for_s: Seconds | None = None


class IssueWeather(_What, frozen=True, kw_only=True, tag="weather"):
    """A weather alert, always as an exercise (CAP status Exercise). `jurisdiction` is the whole town when none is
    named."""

    kind: WeatherKind
    level: WeatherLevel
    text: Words
    source: Words = ""
    for_min: Annotated[float, Meta(gt=0, le=10_080)] = 360.0
    jurisdiction: Line | None = None


class SendPicture(_What, frozen=True, kw_only=True, tag="picture"):
    """A unit sends a picture, or (`for_s`) a video, of a generated scene."""

    actor: ActorId
    scene: Scene
    text: Words = ""
    for_s: Seconds | None = None


class Say(_What, frozen=True, kw_only=True, tag="say"):
    """A unit speaks to a talkgroup; its own when none is named."""

    actor: ActorId
    text: Words
    talkgroup: Line | None = None
    is_emergency: bool = False


class UnitTrouble(_What, frozen=True, kw_only=True, tag="unit_trouble"):
    actor: ActorId
    cause: UnitCause
    for_s: Seconds | None = None


class RadioFailure(_What, frozen=True, kw_only=True, tag="radio_failure"):
    """Nobody is heard in this talkgroup; when none is named, in any, nor in a call: the exchange's media are down."""

    talkgroup: Line | None = None
    for_s: Seconds


class Crowd(_What, frozen=True, kw_only=True, tag="crowd"):
    """People or units gather. `people` is how many stand there then, `actors` those of the cast who go."""

    place: Spot
    radius_m: Metres = 100.0
    people: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    actors: tuple[ActorId, ...] = ()
    text: Words = ""


class RoadClosed(_What, frozen=True, kw_only=True, tag="road_closed"):
    """`for_s` None: until the drill ends."""

    place: Spot
    text: Words
    radius_m: Metres = 50.0
    for_s: Seconds | None = None


class Behave(_What, frozen=True, kw_only=True, tag="behave"):
    """From now on somebody of the cast acts differently: a preset's name, or values of a behaviour."""

    actor: ActorId
    behaviour: str | dict[str, Any]


class Cue(_What, frozen=True, kw_only=True, tag="cue"):
    """Nothing the gateway can do: the trainer, or who plays for him, is told to do it by hand."""

    text: Words


InjectWhat = (
    SendWorkOrder
    | Call
    | RaiseAlarm
    | IssueWeather
    | SendPicture
    | Say
    | UnitTrouble
    | RadioFailure
    | Crowd
    | RoadClosed
    | Behave
    | Cue
)


class Inject(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """`note` is for the trainer alone. One that `is_optional` is fired by his hand only, once its time has come."""

    id: InjectId
    title: Words
    when: When
    what: InjectWhat
    note: Words = ""
    is_optional: bool = False

    @property
    def is_contingency(self) -> bool:
        return isinstance(self.when, WhenMissed)


def actors_of(what: InjectWhat) -> tuple[ActorId, ...]:
    """Of the cast, who takes part."""
    match what:
        case Call() | SendPicture() | Say() | UnitTrouble() | Behave():
            return (what.actor,)
        case RaiseAlarm(actor=str(actor)):
            return (actor,)
        case Crowd():
            return what.actors
        case _:
            return ()


def spot_of(what: InjectWhat) -> Spot | None:
    """Where it happens, as far as it says."""
    match what:
        case SendWorkOrder() | Call() | RaiseAlarm() | Crowd() | RoadClosed():
            return what.place
        case _:
            return None


def words_of(what: InjectWhat) -> Words:
    """What is told; empty where nothing is."""
    match what:
        case UnitTrouble() | RadioFailure() | Behave():
            return ""
        case _:
            return what.text
