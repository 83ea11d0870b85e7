"""What came in from outside in a stretch of a record, as injects at their seconds: work orders, reports, calls, alarms,
weather, pictures, terminals that went away. Nothing of a photo or of a voice is taken along."""

from collections.abc import Iterator
from typing import Any

from comms.domain import events as ev
from comms.domain import inject as ij
from comms.domain.alarm import AlarmKind
from comms.domain.alarm_event import AlarmRaised
from comms.domain.events import Recorded
from comms.domain.ids import GATEWAY, IncidentId, UnitId, VideoId, party_unit
from comms.domain.incident import Incident
from comms.domain.inject import AtTime, Inject, Scene, Spot, Words
from comms.domain.order import Place
from comms.domain.picture import Picture
from comms.domain.realm import DRILL_NAME
from comms.domain.scenario import Actor
from comms.domain.video import VideoKind
from comms.domain.weather import WeatherAlert, WeatherIssued
from comms.drill.cast import HOTLINE_UNITS
from comms.journal.masking import Masker

CITIZEN = "citizen"
REPORTED_BY_HAND = "现场上报"
LONGEST_LINE = 100
_SCENES = (
    (Scene.FIRE, ("火", "燃烧", "爆炸", "fire")),
    (Scene.SMOKE, ("烟", "smoke")),
    (Scene.FLOOD, ("水", "涝", "内涝", "淹", "洪", "flood")),
    (Scene.LEAK, ("泄漏", "燃气", "煤气", "leak", "gas")),
    (Scene.CROWD, ("聚集", "人群", "拥挤", "crowd")),
    (Scene.PERSON, ("走失", "老人", "儿童", "孩", "受伤", "person")),
    (Scene.ROOM, ("室内", "房间", "出租屋", "room")),
)


class Coming:
    """Feed it the events of the stretch in order. `picture` is that of its end."""

    def __init__(self, from_at: float, picture: Picture, masker: Masker) -> None:
        self._from_at, self._picture, self._masker = from_at, picture, masker
        self.unit_ids: dict[UnitId, int] = {}
        """Who takes part, each with its number."""
        self.calls: list[str] = []
        self.alarms: list[str] = []
        self._found: list[tuple[float, Inject]] = []
        self._of_incident: dict[IncidentId, str] = {}
        self._gone: dict[UnitId, float] = {}
        self._filming: dict[VideoId, tuple[float, UnitId]] = {}
        self._has_citizen = False

    # --- what was made of it --------------------------------------------------------------------------------

    def injects(self, most: int) -> Iterator[Inject]:
        """By time. One at least: the trainer's own word where nothing came in."""
        for unit_id, since_s in self._gone.items():
            self._add(
                "gone", since_s, _TITLES["gone"], ij.UnitTrouble(actor=self.actor(unit_id), cause=ij.UnitCause.DOWN)
            )
        self._gone.clear()
        if not self._found:
            self._add("cue", 0.0, _TITLES["cue"], ij.Cue(text=_TITLES["cue"]))
        yield from (inject for _, inject in sorted(self._found, key=lambda pair: pair[0])[:most])

    def inject_of(self, incident_id: IncidentId) -> str | None:
        return self._of_incident.get(incident_id)

    def actor(self, unit_id: UnitId) -> str:
        return f"unit_{self.actor_number(unit_id) + 1}"

    def actor_number(self, unit_id: UnitId) -> int:
        return self.unit_ids.setdefault(unit_id, len(self.unit_ids))

    def citizens(self) -> Iterator[Actor]:
        if self._has_citizen:
            yield Actor(id=CITIZEN, name={"zh_CN": "来电市民", "en": "Caller"}, is_citizen=True)

    # --- what came in -----------------------------------------------------------------------------------------

    def take(self, recorded: Recorded) -> None:
        at_s, event = recorded.at - self._from_at, recorded.event
        match event:
            case ev.IncidentReported(incident=incident):
                self._incident(at_s, incident, party_unit(recorded.actor))
            case AlarmRaised(alarm=alarm) if alarm.kind is AlarmKind.WARNING:
                text = self._said(alarm.name or alarm.sentences.get("zh_CN", "")) or _TITLES["alarm"]
                what = ij.RaiseAlarm(priority=alarm.priority, text=text, place=self._spot(alarm.place))
                self.alarms.append(self._add("alarm", at_s, _TITLES["alarm"], what))
            case WeatherIssued(alert=alert):
                self._weather(at_s, alert)
            case ev.TerminalDisconnected(unit_id=unit_id) if recorded.actor != GATEWAY and unit_id in self.unit_ids:
                self._gone[unit_id] = at_s
            case ev.TerminalConnected(unit_id=unit_id) if unit_id in self._gone:
                self._back(unit_id, at_s)
            case ev.OrderIssued(order=order):
                for unit_id in order.unit_ids:
                    self.actor_number(unit_id)
            case _:
                self._seen_or_heard(at_s, event)

    def _seen_or_heard(self, at_s: float, event: ev.Event) -> None:
        match event:
            case ev.CallStarted(call=call) if call.talkgroup_id is None:
                caller = party_unit(call.caller)
                if caller is not None:
                    self._call(at_s, caller)
            case ev.TalkStarted(is_emergency=True, talker=talker):
                unit_id = party_unit(talker)
                if unit_id is not None:
                    what = ij.Say(actor=self.actor(unit_id), text=_TITLES["help"], is_emergency=True)
                    self._add("help", at_s, _TITLES["help"], what)
            case ev.VideoStarted(video=video) if video.kind is VideoKind.RETURN:
                self._filming[video.id] = at_s, video.unit_id
            case ev.VideoEnded(video_id=video_id) if video_id in self._filming:
                self._film(video_id, at_s)
            case _:
                pass

    def _incident(self, at_s: float, incident: Incident, unit_id: UnitId | None) -> None:
        kind = self._line(incident.kind) or "事件"
        text = self._said(incident.text) or kind
        what: ij.InjectWhat
        if unit_id is not None and incident.photos and incident.origin is None:
            what = ij.SendPicture(actor=self.actor(unit_id), scene=scene_of(incident.kind + incident.text), text=text)
        else:
            source = self._line(incident.source) or REPORTED_BY_HAND
            what = ij.SendWorkOrder(
                source=source, kind=kind, text=text, place=self._known_spot(incident.place), priority=incident.priority
            )
        self._of_incident[incident.id] = self._add("came", at_s, kind, what)

    def _call(self, at_s: float, unit_id: UnitId) -> None:
        """One who called in on a drill's own line is a citizen again."""
        is_citizen = unit_id in HOTLINE_UNITS
        self._has_citizen = self._has_citizen or is_citizen
        what = ij.Call(actor=CITIZEN if is_citizen else self.actor(unit_id), text=_TITLES["call"])
        self.calls.append(self._add("call", at_s, _TITLES["call"], what))

    def _weather(self, at_s: float, alert: WeatherAlert) -> None:
        what = ij.IssueWeather(
            kind=alert.kind,
            level=alert.level,
            text=self._said(alert.text) or str(alert.kind),
            source=self._masker.text(alert.source),
            for_min=min(max((alert.until_at - alert.from_at) / 60, 1.0), 10_080.0),
        )
        self._add("weather", at_s, _TITLES["weather"], what)

    def _film(self, video_id: VideoId, until_s: float) -> None:
        at_s, unit_id = self._filming.pop(video_id)
        near = [state.incident for state in self._picture.incidents.states.values()]
        words = near[-1].kind if near else ""
        what = ij.SendPicture(actor=self.actor(unit_id), scene=scene_of(words), for_s=max(1.0, until_s - at_s))
        self._add("video", at_s, _TITLES["video"], what)

    def _back(self, unit_id: UnitId, at_s: float) -> None:
        since_s = self._gone.pop(unit_id)
        for_s = max(1.0, round(at_s - since_s, 1))
        what = ij.UnitTrouble(actor=self.actor(unit_id), cause=ij.UnitCause.SIGNAL_LOST, for_s=for_s)
        self._add("lost", since_s, _TITLES["gone"], what)

    # --- parts --------------------------------------------------------------------------------------------------

    def _add(self, word: str, at_s: float, title: Words, what: ij.InjectWhat) -> str:
        number = sum(inject.id.startswith(f"{word}_") for _, inject in self._found) + 1
        inject = Inject(id=f"{word}_{number}", title=title, when=AtTime(s=max(0.0, round(at_s, 1))), what=what)
        self._found.append((at_s, inject))
        return inject.id

    def _line(self, words: str) -> str:
        return self._said(words)[:LONGEST_LINE]

    def _said(self, words: str) -> str:
        """Masked; the mark of a drill is put on anew."""
        return self._masker.text(words.replace(DRILL_NAME, ""))

    def _spot(self, place: Place | None) -> Spot | None:
        return None if place is None else self._known_spot(place)

    def _known_spot(self, place: Place) -> Spot:
        """To some ten metres: the place, and not the door."""
        return Spot(lat=round(place.lat, 4), lon=round(place.lon, 4), text=self._said(place.text))


def scene_of(words: str) -> Scene:
    """Of a generated picture, from what was said of the real one."""
    return next((scene for scene, signs in _SCENES if any(sign in words for sign in signs)), Scene.STREET)


_TITLES: dict[str, Any] = {
    "call": {"zh_CN": "网格员来电", "en": "A worker calls"},
    "alarm": {"zh_CN": "预警", "en": "An early warning"},
    "weather": {"zh_CN": "气象预警", "en": "A weather alert"},
    "video": {"zh_CN": "视频回传", "en": "A video comes"},
    "gone": {"zh_CN": "终端失联", "en": "A terminal is gone"},
    "help": {"zh_CN": "紧急呼叫，请求支援", "en": "An emergency call for help"},
    "cue": {"zh_CN": "由导调员口头导入", "en": "The trainer tells it by word of mouth"},
}
