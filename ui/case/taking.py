"""Taking a step of a case: photos first, the step only with all of them; and the gateway's calendar, asked for once."""

from collections.abc import Callable
from dataclasses import dataclass

from comms.domain.case import CaseStep
from comms.domain.case_clock import ClockWork
from comms.domain.ids import BlobId, DepartmentId, IncidentId, ItemId
from comms.domain.time_limit import TimeLimit
from comms.domain.work_calendar import CalendarYear, WorkCalendar
from comms.protocol.pushes import Done, Refused
from console.actions.cases import Cases
from console.actions.dispatch import Dispatch
from console.actions.requester import Outcome, Unsent
from ui.acting import Acting
from ui.case.form import CaseForm
from ui.case.needs import fields_of
from ui.widgets.photos import MEDIA_TYPE, Photo


@dataclass(frozen=True, slots=True)
class Taken:
    """One step as the officer has filled it in."""

    incident_id: IncidentId
    step: CaseStep
    opinion: str = ""
    item_id: ItemId | None = None
    department_id: DepartmentId | None = None
    limit: TimeLimit | None = None
    until_at: float | None = None
    ticked: tuple[str, ...] = ()
    photos: tuple[Photo, ...] = ()


def filled(form: CaseForm, incident_id: IncidentId, step: CaseStep, photos: tuple[Photo, ...]) -> Taken:
    """What stands in the fields that the step has; in the others something older may stand."""
    wanted = fields_of(step)
    return Taken(
        incident_id=incident_id,
        step=step,
        opinion=form.opinion.toPlainText().strip(),
        item_id=form.item.item.id if "item" in wanted and form.item.item is not None else None,
        department_id=form.department_id if "department" in wanted else None,
        limit=form.limit if "department" in wanted else None,
        until_at=form.until_at if "until" in wanted else None,
        ticked=form.conditions.ticked if "conditions" in wanted else (),
        photos=photos if "photos" in wanted else (),
    )


async def take(cases: Cases, dispatch: Dispatch, taken: Taken) -> Outcome:
    blob_ids: list[BlobId] = []
    for photo in taken.photos:
        stored = await dispatch.attach(MEDIA_TYPE, photo.data)
        if isinstance(stored, Unsent):
            return Unsent()  # the photo may be kept, the step is not
        if not isinstance(stored, Done) or stored.subject is None:
            return stored
        blob_ids.append(BlobId(stored.subject))
    return await cases.move(
        taken.incident_id,
        taken.step,
        opinion=taken.opinion,
        item_id=taken.item_id,
        department_id=taken.department_id,
        limit=taken.limit,
        until_at=taken.until_at,
        photos=tuple(blob_ids),
        ticked=taken.ticked,
    )


class DeskClock:
    """Working time as the gateway counts it; nothing is counted until it has told its calendar."""

    def __init__(self, cases: Cases, acting: Acting, told: Callable[[], None]) -> None:
        self._cases = cases
        self._acting = acting
        self._told = told
        self._is_asked = False
        self.work: ClockWork | None = None

    def ask(self) -> None:
        """Once; again only when there was no answer."""
        if self.work is None and not self._is_asked:
            self._is_asked = True
            self._acting.start(self._cases.calendar(), self._take, failed=self._give_up)

    def forget(self) -> None:
        """Another gateway, or the same with another calendar."""
        self.work, self._is_asked = None, False

    def _take(self, answer: tuple[CalendarYear, ...] | Refused | Unsent) -> None:
        self._is_asked = False
        if isinstance(answer, tuple) and answer:
            self.work = ClockWork(WorkCalendar(answer))
            self._told()

    def _give_up(self) -> None:
        self._is_asked = False
