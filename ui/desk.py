"""What the main window is given by the composition root."""

from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from comms.domain.alarm import AlarmPriority
from comms.domain.ids import BlobId
from console.actions.accounts import AccountActions
from console.actions.acting_voice import ActingVoice
from console.actions.alarm import Alarming
from console.actions.area_call import AreaCalls
from console.actions.assessing import Assessing
from console.actions.cases import Cases
from console.actions.dispatch import Dispatch
from console.actions.drill import Drilling
from console.actions.duty import Duty
from console.actions.incidents import Incidents
from console.actions.items import Items
from console.actions.marks import Marks
from console.actions.patrols import Patrols
from console.actions.plans import PlanActions
from console.actions.quarantine import Quarantine
from console.actions.rota import Rota
from console.actions.tracking import Tracking
from console.actions.video import Video
from console.actions.voice import Voice
from console.drill.hosting import Hosting


@dataclass(frozen=True, slots=True)
class Actions:
    """All that the officer can do to the world beyond this desk."""

    dispatch: Dispatch
    voice: Voice
    acting_voice: ActingVoice
    area_calls: AreaCalls
    incidents: Incidents
    items: Items
    quarantine: Quarantine
    cases: Cases
    assessing: Assessing
    patrols: Patrols
    video: Video
    duty: Duty
    rota: Rota
    alarming: Alarming
    tracking: Tracking
    marks: Marks
    plans: PlanActions
    drilling: Drilling
    hosting: Hosting
    accounts: AccountActions


class Planes(Protocol):
    """One yuv420p picture: `y` of shape (height, width), `u` and `v` of half that, all uint8, limited range."""

    @property
    def y(self) -> NDArray[Any]: ...
    @property
    def u(self) -> NDArray[Any]: ...
    @property
    def v(self) -> NDArray[Any]: ...


class Board(Protocol):
    """The newest frame of each receiving m-line."""

    def newest(self, mid: str, *, after: int = 0) -> "Numbered | None":
        """The newest frame when it is newer than number `after`."""
        ...


class Numbered(Protocol):
    @property
    def number(self) -> int: ...
    @property
    def frame(self) -> Planes: ...


class Playback(Protocol):
    """Plays a recording to the officer's speaker; a second one replaces the first."""

    def play(self, blob_id: BlobId) -> None: ...
    def stop(self) -> None: ...
    def ring(self, priority: AlarmPriority | None) -> None:
        """The tone of the loudest alarm nobody has acknowledged; None: silence."""
        ...


class Devices(Protocol):
    """The microphones and speakers there are now, by the names the system gives them."""

    def microphones(self) -> tuple[str, ...]: ...
    def speakers(self) -> tuple[str, ...]: ...
