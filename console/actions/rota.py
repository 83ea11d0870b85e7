"""The officer's duty: roster, signing on, swaps, the handover, and the log of a shift."""

from comms.domain.duty import ShiftDraft
from comms.domain.events import Recorded
from comms.domain.handover import SectionKind
from comms.domain.ids import HandoverId, JurisdictionId, OfficerId, PostId, ShiftId, SwapId
from comms.protocol import duty_commands as cmd
from comms.protocol.commands import NoteAdd
from comms.protocol.pushes import LogPage, Refused
from console.actions.requester import (
    NewId,
    Outcome,
    Requester,
    Unsent,
    UnsentError,
    ask,
    ask_durably,
    outcome,
)


class Rota:
    def __init__(self, requester: Requester, *, new_id: NewId) -> None:
        self._requester = requester
        self._new_id = new_id

    # --- the roster -----------------------------------------------------------------------------------------

    async def define_post(
        self, name: str, jurisdiction_id: JurisdictionId, *, post_id: PostId | None = None, is_closed: bool = False
    ) -> Outcome:
        """`done.subject` is the post's id."""
        command = cmd.PostDefine(
            id=self._new_id(), name=name, jurisdiction_id=jurisdiction_id, post_id=post_id, is_closed=is_closed
        )
        return await ask_durably(self._requester, command)

    async def set_roster(
        self, post_id: PostId, shifts: tuple[ShiftDraft, ...], *, from_at: float, until_at: float
    ) -> Outcome:
        command = cmd.RosterSet(id=self._new_id(), post_id=post_id, from_at=from_at, until_at=until_at, shifts=shifts)
        return await ask_durably(self._requester, command)

    async def sign_on(self, shift_id: ShiftId, *, reason: str = "") -> Outcome:
        return await ask_durably(self._requester, cmd.DutySignOn(id=self._new_id(), shift_id=shift_id, reason=reason))

    async def sign_off(self, shift_id: ShiftId) -> Outcome:
        return await ask_durably(self._requester, cmd.DutySignOff(id=self._new_id(), shift_id=shift_id))

    async def ask_swap(
        self, shift_id: ShiftId, to: OfficerId, *, other_shift_id: ShiftId | None = None, reason: str = ""
    ) -> Outcome:
        command = cmd.SwapAsk(id=self._new_id(), shift_id=shift_id, to=to, other_shift_id=other_shift_id, reason=reason)
        return await ask_durably(self._requester, command)

    async def settle_swap(self, swap_id: SwapId, *, is_agreed: bool) -> Outcome:
        return await ask_durably(
            self._requester, cmd.SwapSettle(id=self._new_id(), swap_id=swap_id, is_agreed=is_agreed)
        )

    # --- handing over: what carries a password is never kept to be sent later -----------------------------------

    async def make_handover(self, shift_id: ShiftId, notes: tuple[str, ...]) -> Outcome:
        """`done.subject` is the sheet's id."""
        return await ask_durably(self._requester, cmd.HandoverMake(id=self._new_id(), shift_id=shift_id, notes=notes))

    async def sign_handover(self, handover_id: HandoverId, digest: str, *, password: str, words: str) -> Outcome:
        command = cmd.HandoverSign(
            id=self._new_id(), handover_id=handover_id, digest=digest, password=password, words=words
        )
        return await ask(self._requester, command)

    async def accept_handover(
        self,
        handover_id: HandoverId,
        digest: str,
        *,
        password: str,
        read: tuple[SectionKind, ...],
        words: str,
        keeps_shelved: bool,
    ) -> Outcome:
        command = cmd.HandoverAccept(
            id=self._new_id(),
            handover_id=handover_id,
            digest=digest,
            password=password,
            read=read,
            words=words,
            keeps_shelved=keeps_shelved,
        )
        return await ask(self._requester, command)

    async def read_handover(self, handover_id: HandoverId) -> tuple[Recorded, ...] | Refused | Unsent:
        """Its events, oldest first."""
        page = await self._page(cmd.HandoverRead(id=self._new_id(), handover_id=handover_id))
        return page.events if isinstance(page, LogPage) else page

    # --- the log --------------------------------------------------------------------------------------------

    async def log_page(self, from_at: float, until_at: float, *, after_seq: int = 0) -> LogPage | Refused | Unsent:
        """The next events of a span, oldest first; `has_more` says whether to ask again."""
        return await self._page(cmd.LogSpan(id=self._new_id(), from_at=from_at, until_at=until_at, after_seq=after_seq))

    async def note(self, words: str, *, about_seq: int | None = None) -> Outcome:
        """A line of one's own, or a remark to an entry."""
        return await ask_durably(self._requester, NoteAdd(id=self._new_id(), text=words, about_seq=about_seq))

    async def _page(self, command: cmd.LogSpan | cmd.HandoverRead) -> LogPage | Refused | Unsent:
        try:
            answer = await self._requester.request(command)
        except UnsentError:
            return Unsent()
        if isinstance(answer, LogPage):
            return answer
        refusal = outcome(answer)
        return refusal if isinstance(refusal, Refused) else LogPage(id=command.id, events=())
