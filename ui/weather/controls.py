"""What menus, keys and the sheet set off about weather alerts."""

from dataclasses import dataclass, replace

from PySide6.QtCore import Signal

from comms.domain.ad_hoc import PolygonTarget
from comms.domain.ids import JurisdictionId, WeatherId
from comms.domain.order import JurisdictionTarget
from comms.domain.weather import WeatherAlert, WeatherArea, WeatherKind, WeatherLevel
from comms.protocol.pushes import Done, Refused
from console.actions.requester import Outcome
from ui.alarm.base_controls import AlarmingControls
from ui.map.tools import OUTLINING, MapTool

FIRST_SPAN_S = 3 * 3600.0


@dataclass(frozen=True, slots=True)
class WeatherDraft:
    """An alert that is being written."""

    kind: WeatherKind
    level: WeatherLevel
    area: WeatherArea
    from_at: float
    until_at: float
    text: str = ""
    source: str = ""

    @classmethod
    def of(cls, alert: WeatherAlert) -> "WeatherDraft":
        return cls(
            kind=alert.kind,
            level=alert.level,
            area=alert.area,
            from_at=alert.from_at,
            until_at=alert.until_at,
            text=alert.text,
            source=alert.source,
        )


class WeatherControls(AlarmingControls):
    editing = Signal(object)
    """Open the sheet with this WeatherDraft."""
    showing = Signal(object)
    """Open the sheet with this WeatherState."""
    drawing = Signal(object)
    """Take up this MapTool on the map."""
    _drawn_for: WeatherDraft | None = None
    """What the sheet said when it made room for the map."""
    _refused: WeatherDraft | None = None
    """What the gateway would not have: the officer goes on from there."""

    def begin(self) -> None:
        """A new one for all of the jurisdiction, from now on; or the one that was refused."""
        self.editing.emit(self._first())

    def _first(self) -> WeatherDraft:
        own = self._store.session.jurisdiction_id if self._store.session is not None else JurisdictionId("")
        now = self._store.server_now() // 60 * 60
        return self._refused or WeatherDraft(
            kind=WeatherKind.RAINSTORM,
            level=WeatherLevel.BLUE,
            area=JurisdictionTarget(own),
            from_at=now,
            until_at=now + FIRST_SPAN_S,
        )

    def show(self, weather_id: WeatherId) -> None:
        state = self._store.picture.weather.states.get(weather_id)
        if state is not None:
            self.showing.emit(state)

    def draw(self, draft: WeatherDraft) -> None:
        """The sheet makes room until the area is drawn, or given up."""
        self._drawn_for = draft
        self.drawing.emit(MapTool.WEATHER)

    def outlined(self, area: PolygonTarget) -> None:
        """An area was drawn on the map: of the alert on the sheet, or of a new one."""
        draft, self._drawn_for = self._drawn_for or self._first(), None
        self.editing.emit(replace(draft, area=area))

    def take_up(self, tool: MapTool) -> None:
        """The officer has this tool in hand now; one who gave up drawing gets the sheet back as it was."""
        draft = self._drawn_for
        if draft is not None and tool not in OUTLINING:
            self._drawn_for = None
            self.editing.emit(draft)

    def issue(self, draft: WeatherDraft) -> None:
        self._refused = draft
        work = self._alarming.issue_weather(
            kind=draft.kind,
            level=draft.level,
            area=draft.area,
            from_at=draft.from_at,
            until_at=draft.until_at,
            text=draft.text,
            source=draft.source,
        )
        self._acting.start(work, self._issued)

    def end(self, weather_id: WeatherId) -> None:
        self._acting.start(self._alarming.end_weather(weather_id), self._ended)

    def _issued(self, answer: Outcome) -> None:
        if not isinstance(answer, Refused):
            self._refused = None
        if isinstance(answer, Done):
            self._acting.tell("ok", self._text("weather.issued"))

    def _ended(self, answer: Outcome) -> None:
        if isinstance(answer, Done):
            self._acting.tell("ok", self._text("weather.ended"))
