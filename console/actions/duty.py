"""The duty itself: notes, the log, signing out, recordings and the map's blob."""

import msgspec

from comms.domain.audit_events import ExportKind
from comms.domain.desk_view import DeskView
from comms.domain.ids import BlobId, UnitId
from comms.protocol.commands import BlobGet, EnrolmentIssue, LogRead, NoteAdd, SignOut
from comms.protocol.desk_commands import DeskViewTell, ExportTell, HealthRead
from comms.protocol.pushes import BlobContent, EnrolmentCode, HealthReading, LogPage, Push, Refused
from console.actions.requester import (
    NewId,
    Outcome,
    Requester,
    UnexpectedAnswerError,
    Unsent,
    UnsentError,
    ask,
    ask_durably,
)
from console.store.store import Store


class Duty:
    def __init__(self, requester: Requester, store: Store, *, new_id: NewId) -> None:
        self._requester = requester
        self._store = store
        self._new_id = new_id

    async def note(self, text: str) -> Outcome:
        """A line in the duty log."""
        return await ask_durably(self._requester, NoteAdd(id=self._new_id(), text=text))

    async def read_log(self, *, limit: int = 200) -> LogPage | Refused | Unsent:
        """Older events than those held, put in front of the Store's log."""
        held = self._store.log.events
        command = LogRead(id=self._new_id(), before_seq=held[0].seq if held else None, limit=limit)
        try:
            answer = await self._requester.request(command)
        except UnsentError:
            return Unsent()
        if isinstance(answer, LogPage):
            self._store.fill_log(answer)
            return answer
        return _refused(answer)

    async def blob(self, blob_id: BlobId) -> BlobContent | Refused | Unsent:
        """A photo, a recording or the map."""
        try:
            answer = await self._requester.request(BlobGet(id=self._new_id(), blob_id=blob_id))
        except UnsentError:
            return Unsent()
        return answer if isinstance(answer, BlobContent) else _refused(answer)

    async def enrolment_code(self, unit_id: UnitId) -> EnrolmentCode | Refused | Unsent:
        """A fresh single-use code for a unit's terminal."""
        try:
            answer = await self._requester.request(EnrolmentIssue(id=self._new_id(), unit_id=unit_id))
        except UnsentError:
            return Unsent()
        return answer if isinstance(answer, EnrolmentCode) else _refused(answer)

    async def tell_view(self, view: DeskView) -> Outcome:
        """What is on this desk's screen, for whoever replays it."""
        told = DeskViewTell(id=self._new_id(), **msgspec.structs.asdict(view))
        return await ask(self._requester, told)

    async def exported(self, what: ExportKind, *, is_masked: bool, rows: int, reason: str = "") -> Outcome:
        """Told before a file is written of what the journal knows; unmasked ones need a reason."""
        told = ExportTell(id=self._new_id(), what=what, is_masked=is_masked, rows=rows, reason=reason)
        return await ask(self._requester, told)

    async def health(self) -> HealthReading | Refused | Unsent:
        """How the gateway is."""
        try:
            answer = await self._requester.request(HealthRead(id=self._new_id()))
        except UnsentError:
            return Unsent()
        return answer if isinstance(answer, HealthReading) else _refused(answer)

    async def sign_out(self) -> Outcome:
        return await ask(self._requester, SignOut(id=self._new_id()))


def _refused(answer: Push) -> Refused:
    if isinstance(answer, Refused):
        return answer
    raise UnexpectedAnswerError(type(answer).__name__)
