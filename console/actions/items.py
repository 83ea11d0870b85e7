"""The item list: apply, break down, approve, turn down, put in force, retire, and read the past."""

from comms.domain.ids import ItemId, JurisdictionId
from comms.domain.item import ItemClass, ItemTerms, ItemVersion
from comms.protocol import item_commands as cmd
from comms.protocol.pushes import ItemVersions, Refused
from console.actions.requester import NewId, Outcome, Requester, Unsent, UnsentError, ask_durably, outcome


class Items:
    def __init__(self, requester: Requester, *, new_id: NewId) -> None:
        self._requester = requester
        self._new_id = new_id

    async def apply(
        self,
        jurisdiction_id: JurisdictionId,
        item_class: ItemClass,
        terms: ItemTerms,
        *,
        item_id: ItemId | None = None,
        reason: str = "",
    ) -> Outcome:
        """`done.subject` is the item's id. With an id: that item is to be worded anew."""
        command = cmd.ItemApply(
            id=self._new_id(),
            jurisdiction_id=jurisdiction_id,
            item_class=item_class,
            terms=terms,
            item_id=item_id,
            reason=reason,
        )
        return await ask_durably(self._requester, command)

    async def break_down(self, item_id: ItemId, item_class: ItemClass, parts: tuple[ItemTerms, ...]) -> Outcome:
        command = cmd.ItemBreakDown(id=self._new_id(), item_id=item_id, item_class=item_class, parts=parts)
        return await ask_durably(self._requester, command)

    async def approve(self, item_id: ItemId) -> Outcome:
        return await ask_durably(self._requester, cmd.ItemApprove(id=self._new_id(), item_id=item_id))

    async def reject(self, item_id: ItemId, *, reason: str) -> Outcome:
        return await ask_durably(self._requester, cmd.ItemReject(id=self._new_id(), item_id=item_id, reason=reason))

    async def put_in_force(self, item_id: ItemId, *, from_at: float) -> Outcome:
        command = cmd.ItemPutInForce(id=self._new_id(), item_id=item_id, from_at=from_at)
        return await ask_durably(self._requester, command)

    async def retire(self, item_id: ItemId, *, from_at: float, reason: str) -> Outcome:
        command = cmd.ItemRetire(id=self._new_id(), item_id=item_id, from_at=from_at, reason=reason)
        return await ask_durably(self._requester, command)

    async def versions(self, item_id: ItemId) -> tuple[ItemVersion, ...] | Refused | Unsent:
        """All it ever had, oldest first."""
        try:
            answer = await self._requester.request(cmd.ItemRead(id=self._new_id(), item_id=item_id))
        except UnsentError:
            return Unsent()
        if isinstance(answer, ItemVersions):
            return answer.versions
        refusal = outcome(answer)
        return refusal if isinstance(refusal, Refused) else ()
