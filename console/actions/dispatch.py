"""Orders: issue, follow, verify, send back, cancel, remind."""

import msgspec

from comms.domain.ids import BlobId, IncidentId, ItemId, OrderId, UnitId
from comms.domain.order import AssignmentState, CircleTarget, OrderPriority, OrderTarget, Place, UnitsTarget
from comms.protocol.commands import BlobPut, OrderAdvance, OrderIssue, OrderRemind
from comms.protocol.ladder_commands import LadderStop
from console.actions.nearby import ONLY_FREE, Nearby
from console.actions.requester import NewId, Outcome, Requester, ask_durably
from console.store.store import Store


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An order as the officer wrote it. `deadline_at` is Unix seconds of the gateway's clock."""

    title: str
    target: OrderTarget
    text: str = ""
    priority: OrderPriority = OrderPriority.NORMAL
    place: Place | None = None
    deadline_at: float | None = None
    attachments: tuple[BlobId, ...] = ()
    incident_id: IncidentId | None = None
    item_id: ItemId | None = None


class Dispatch:
    def __init__(self, requester: Requester, store: Store, *, new_id: NewId) -> None:
        self._requester = requester
        self._store = store
        self._new_id = new_id
        self.nearby = Nearby(store)

    async def issue(self, draft: Draft) -> Outcome:
        """`done.subject` is the order id."""
        command = OrderIssue(
            id=self._new_id(),
            title=draft.title,
            text=draft.text,
            priority=draft.priority,
            place=draft.place,
            deadline_at=draft.deadline_at,
            target=draft.target,
            attachments=draft.attachments,
            incident_id=draft.incident_id,
            item_id=draft.item_id,
        )
        return await ask_durably(self._requester, command)

    async def attach(self, media_type: str, data: bytes) -> Outcome:
        """Store a photo for an order to come; `done.subject` is its blob id."""
        return await ask_durably(self._requester, BlobPut(id=self._new_id(), media_type=media_type, data=data))

    async def verify(self, order_id: OrderId, unit_id: UnitId) -> Outcome:
        return await self._advance(order_id, unit_id, AssignmentState.VERIFIED, "")

    async def send_back(self, order_id: OrderId, unit_id: UnitId, *, reason: str) -> Outcome:
        """The work is not done well enough: the unit has it again."""
        return await self._advance(order_id, unit_id, AssignmentState.ACCEPTED, reason)

    async def cancel(self, order_id: OrderId, *, reason: str, unit_id: UnitId | None = None) -> Outcome:
        """One unit's assignment, or every open one."""
        return await self._advance(order_id, unit_id, AssignmentState.CANCELLED, reason)

    async def remind(self, order_id: OrderId) -> Outcome:
        return await ask_durably(self._requester, OrderRemind(id=self._new_id(), order_id=order_id))

    async def stop_ladder(self, order_id: OrderId) -> Outcome:
        """Nobody is texted or called after any more because of this order."""
        return await ask_durably(self._requester, LadderStop(id=self._new_id(), order_id=order_id))

    async def _advance(self, order_id: OrderId, unit_id: UnitId | None, state: AssignmentState, reason: str) -> Outcome:
        command = OrderAdvance(id=self._new_id(), order_id=order_id, unit_id=unit_id, state=state, reason=reason)
        return await ask_durably(self._requester, command)

    def nearest(self, *, lat: float, lon: float, count: int, only_available: bool = True) -> tuple[UnitId, ...]:
        """The units best sent to a place on foot, best first: in the jurisdiction, available unless asked otherwise."""
        found = self.nearby.best(lat=lat, lon=lon, count=count, weights=ONLY_FREE if only_available else None)
        return tuple(near.unit_id for near in found)

    def within(self, target: CircleTarget) -> UnitsTarget:
        """The units a circle names now, as the desk sees them; the gateway decides at issue."""
        positions = self._store.positions
        inside = positions.distances_m(lat=target.lat, lon=target.lon) <= target.radius_m
        return UnitsTarget(tuple(positions.unit_ids(inside.nonzero()[0])))
