"""What the quarantine sheet sets off: release and discard, one or many, and a place picked on the map."""

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from comms.domain.ids import IncidentId
from comms.domain.order import Place
from comms.domain.quarantine import Correction
from comms.protocol.pushes import Done, Refused
from console.actions.quarantine import Quarantine
from console.actions.requester import Outcome, Unsent
from ui.acting import Acting
from ui.map.tools import MapTool
from ui.order.controls import Question


@dataclass(slots=True)
class Batch:
    """What came of several, each by its own id; `kept` are sent once the link is back."""

    done: list[IncidentId] = field(default_factory=list)
    refused: dict[IncidentId, Refused] = field(default_factory=dict)
    kept: list[IncidentId] = field(default_factory=list)

    def take(self, incident_id: IncidentId, answer: Outcome) -> None:
        match answer:
            case Done():
                self.done.append(incident_id)
            case Refused():
                self.refused[incident_id] = answer
            case Unsent():
                self.kept.append(incident_id)


class QuarantineControls(QObject):
    asking = Signal(object)
    """Ask for a reason: a Question."""
    drawing = Signal(object)
    """Take up this MapTool on the map."""
    placed = Signal(object)
    """The sheet may come back: a Place, or None when the pick was given up."""

    def __init__(self, *, quarantine: Quarantine, acting: Acting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._quarantine = quarantine
        self._acting = acting
        self._is_placing = False

    # --- a place on the map ---------------------------------------------------------------------------

    def pick_place(self) -> None:
        self._is_placing = True
        self.drawing.emit(MapTool.PLACE)

    def take_place(self, place: Place) -> None:
        if self._is_placing:
            self._is_placing = False
            self.placed.emit(place)

    def take_up(self, tool: MapTool) -> None:
        """The officer has this tool in hand now; who gave up picking gets the sheet back as it was."""
        if self._is_placing and tool is not MapTool.PLACE:
            self._is_placing = False
            self.placed.emit(None)

    # --- release and discard --------------------------------------------------------------------------

    def ask_discard(self, sentence: str, answer: Callable[[str], None]) -> None:
        self.asking.emit(Question(sentence, answer))

    def release(
        self, incident_ids: tuple[IncidentId, ...], correction: Correction, done: Callable[[Batch], None]
    ) -> None:
        """One after the other; `done` gets all answers, refusals too."""
        self._acting.start(self._release(incident_ids, correction), done)

    async def _release(self, incident_ids: tuple[IncidentId, ...], correction: Correction) -> Batch:
        batch = Batch()
        for incident_id in incident_ids:
            batch.take(incident_id, await self._quarantine.release(incident_id, correction))
        return batch

    def discard(self, incident_ids: tuple[IncidentId, ...], reason: str, done: Callable[[Batch], None]) -> None:
        self._acting.start(self._discard(incident_ids, reason), done)

    async def _discard(self, incident_ids: tuple[IncidentId, ...], reason: str) -> Batch:
        batch = Batch()
        for incident_id in incident_ids:
            batch.take(incident_id, await self._quarantine.discard(incident_id, reason=reason))
        return batch
