"""What a simulated worker does with orders: read, decide, go, work, photograph, complete."""

import asyncio
from collections.abc import Callable
from enum import StrEnum
from math import cos, radians, sin, tau
from typing import Protocol

from comms.domain.ids import BlobId, OrderId
from comms.domain.order import AssignmentState, Order, Place
from comms.domain.unit import UnitStatus
from comms.fleet.street_net import METRES_A_DEGREE
from comms.fleet.worker import Worker
from comms.link.pause import pause
from comms.protocol.commands import BlobPut, OrderAdvance, StatusSet
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done, OrderChanged, OrderPush, Refused

_S = AssignmentState
STEPS = (_S.DELIVERED, _S.READ, _S.ACCEPTED, _S.EN_ROUTE, _S.ON_SCENE, _S.COMPLETED)
LOOKS_EVERY_S = 1.0
"""How often a worker on the way looks whether it has arrived."""
_STATUS = {
    _S.ACCEPTED: UnitStatus.DISPATCHED,
    _S.EN_ROUTE: UnitStatus.EN_ROUTE,
    _S.ON_SCENE: UnitStatus.ON_SCENE,
    _S.COMPLETED: UnitStatus.AVAILABLE,
}


class Report(StrEnum):
    """What a worker would tell by voice, too."""

    REFUSED = "refused"
    ON_SCENE = "on_scene"
    ASTRAY = "astray"
    """At the wrong place, where nothing is to be seen."""
    COMPLETED = "completed"


_REPORTS = {_S.REFUSED: Report.REFUSED, _S.ON_SCENE: Report.ON_SCENE, _S.COMPLETED: Report.COMPLETED}


class Legs(Protocol):
    """How a unit gets to a place."""

    def send(self, row: int, *, lat: float, lon: float) -> None: ...
    def has_arrived(self, row: int) -> bool: ...
    def hold(self, row: int) -> None: ...
    def release(self, row: int) -> None: ...
    def at(self, row: int) -> tuple[float, float]: ...


class _AbandonedError(Exception):
    """The gateway does not take the next step: the order was cancelled or is at another point."""


class Work:
    """One unit's orders. Several may be open; on the way it is with one at a time."""

    def __init__(
        self,
        worker: Worker,
        *,
        legs: Legs,
        row: int,
        take_photo: Callable[[], bytes],
    ) -> None:
        self.completed = 0
        self.refused = 0
        self.on_report: Callable[[Order, Report, str], None] | None = None
        """Told what there is to be said, and of a refusal its reason."""
        self._worker = worker
        self._asking = worker.asking
        self.legs = legs
        self.row = row
        self.take_photo = take_photo
        self._orders: dict[OrderId, Order] = {}
        self._tasks: dict[OrderId, asyncio.Task[None]] = {}
        self._way = asyncio.Lock()

    @property
    def is_busy(self) -> bool:
        """An order is in hand."""
        return bool(self._tasks)

    def take(self, push: OrderPush | OrderChanged) -> None:
        if isinstance(push, OrderPush):
            self._receive(push)
        else:
            self._follow(push)

    def _receive(self, push: OrderPush) -> None:
        """A new order, or one that was pushed again."""
        self._orders[push.order.id] = push.order
        if push.order.id not in self._tasks:
            self._begin(push.order, push.state)

    def _follow(self, push: OrderChanged) -> None:
        task = self._tasks.get(push.order_id)
        if push.state in (_S.CANCELLED, _S.VERIFIED) and task is not None:
            task.cancel()
        elif push.state is _S.ACCEPTED and task is None and push.order_id in self._orders:
            self._begin(self._orders[push.order_id], _S.ACCEPTED)  # sent back by the officer

    def _begin(self, order: Order, state: AssignmentState) -> None:
        task = self._worker.spawn(self._carry_out(order, state))
        self._tasks[order.id] = task
        task.add_done_callback(lambda done: self._tasks.pop(order.id, None))

    async def _carry_out(self, order: Order, state: AssignmentState) -> None:
        left = STEPS[STEPS.index(state) + 1 :] if state in STEPS else STEPS
        try:
            for step in left:
                if step in (_S.EN_ROUTE, _S.ON_SCENE, _S.COMPLETED):
                    async with self._way:
                        await self._go_and_work(order, left[left.index(step) :])
                    return
                if not await self._consider(order, step):
                    return
        except _AbandonedError:
            return

    async def _consider(self, order: Order, step: AssignmentState) -> bool:
        """Everything before setting out. False when the order was refused."""
        person, takes = self._worker.person, self._worker.behaviour
        match step:
            case _S.READ:
                await self._worker.take_time(takes.read_s)
            case _S.ACCEPTED:
                await self._worker.take_time(takes.decide_s)
                if not person.agrees(takes.accept_chance):
                    await self._advance(order, _S.REFUSED, reason=person.reason())
                    self.refused += 1
                    return False
            case _:
                pass
        await self._advance(order, step)
        return True

    async def _go_and_work(self, order: Order, steps: tuple[AssignmentState, ...]) -> None:
        takes = self._worker.behaviour
        try:
            if _S.EN_ROUTE in steps:
                await self._worker.take_time(takes.set_out_s)
                await self._advance(order, _S.EN_ROUTE)
            if order.place is not None:
                await self._misunderstand(order, order.place)
                await self._walk_to(order.place)
            if _S.ON_SCENE in steps:
                await self._advance(order, _S.ON_SCENE, place=self._place())
            self.legs.hold(self.row)
            await self._worker.take_time(takes.work_s)
            photos = await self._photos()
            await self._advance(order, _S.COMPLETED, attachments=photos, place=self._place())
            self.completed += 1
        finally:
            self.legs.release(self.row)

    async def _walk_to(self, place: Place) -> None:
        self.legs.send(self.row, lat=place.lat, lon=place.lon)
        while not self.legs.has_arrived(self.row):
            await pause(self._worker.clock, LOOKS_EVERY_S)

    async def _misunderstand(self, order: Order, place: Place) -> None:
        """Perhaps somewhere else first."""
        person, takes = self._worker.person, self._worker.behaviour
        if takes.misunderstand_chance and person.agrees(takes.misunderstand_chance):
            await self._walk_to(astray(place, metres=person.takes(takes.wrong_by_m), turn=person.dice.random()))
            self._tell(order, Report.ASTRAY)
            await self._worker.take_time(takes.notice_s)

    def _tell(self, order: Order, report: Report, reason: str = "") -> None:
        if self.on_report is not None:
            self.on_report(order, report, reason)

    def _place(self) -> Place:
        lat, lon = self.legs.at(self.row)
        return Place(lat=lat, lon=lon)

    async def _photos(self) -> tuple[BlobId, ...]:
        if not self._worker.person.agrees(self._worker.behaviour.photo_chance):
            return ()
        command = BlobPut(id=self._asking.new_id(), media_type="image/png", data=self.take_photo())
        answer = await self._asking.request_durable(command)
        return (BlobId(answer.subject),) if isinstance(answer, Done) and answer.subject else ()

    async def _advance(
        self,
        order: Order,
        state: AssignmentState,
        *,
        reason: str = "",
        attachments: tuple[BlobId, ...] = (),
        place: Place | None = None,
    ) -> None:
        command = OrderAdvance(
            id=self._asking.new_id(),
            order_id=order.id,
            state=state,
            reason=reason,
            attachments=attachments,
            place=place,
            occurred_at=self._worker.clock.now(),
        )
        answer = await self._asking.request_durable(command)
        if isinstance(answer, Refused) and answer.code is not RefusalCode.ALREADY_DONE:
            raise _AbandonedError
        if state in _REPORTS and not isinstance(answer, Refused):
            self._tell(order, _REPORTS[state], reason)
        if self._worker.behaviour.reports_status and state in _STATUS:
            await self._asking.request_durable(StatusSet(id=self._asking.new_id(), status=_STATUS[state]))


def astray(place: Place, *, metres: float, turn: float) -> Place:
    """A place so far off; `turn` 0 to 1 is the direction."""
    north, east = metres * cos(tau * turn), metres * sin(tau * turn)
    lat = place.lat + north / METRES_A_DEGREE
    return Place(lat=lat, lon=place.lon + east / (METRES_A_DEGREE * cos(radians(place.lat))))
