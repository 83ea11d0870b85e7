"""A scripted trainee (脚本学员): an officer who goes by a few rules, at a real desk link.

He sees what any desk sees, and nothing else: the picture, positions, calls that ring. The rules are data, so a run
can be repeated, and a course can be tried out before people sit down to it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec

from comms.domain.alarm_event import AlarmRaised
from comms.domain.events import IncidentReported, OrderAdvanced, Recorded
from comms.domain.ids import CommandId, IncidentId, UnitId
from comms.domain.incident import IncidentOutcome
from comms.domain.order import AssignmentState, UnitsTarget
from comms.domain.picture import Picture
from comms.drill.choosing import is_all_done, item_for, nearest_free
from comms.link.client import Link, LinkTiming
from comms.link.clock import Clock
from comms.link.line import LinkLostError
from comms.link.pause import pause
from comms.media.silence import DESK_OFFER
from comms.protocol.alarm_commands import AlarmAcknowledge
from comms.protocol.commands import (
    CallAnswer,
    CallHangUp,
    Command,
    DeskSignIn,
    MediaOffer,
    OrderAdvance,
    OrderIssue,
    PictureSubscribe,
)
from comms.protocol.errors import Locale
from comms.protocol.frames import decode_positions
from comms.protocol.hub_commands import IncidentAcknowledge
from comms.protocol.incident_commands import IncidentClose
from comms.protocol.pushes import CallConnected, CallRinging, EventPush, PictureSnapshot, Push, Welcome
from comms.protocol.version import PROTOCOL_VERSION

_log = logging.getLogger(__name__)


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Seconds of the drill's clock from seeing something to doing something about it; None: never."""

    acknowledge_s: float | None = 10.0
    """Takes note of an incident."""
    order_s: float | None = 35.0
    """Sends `units` of the nearest that are free, those with one of `skills` before others."""
    units: int = 2
    skills: tuple[str, ...] = ()
    answer_call_s: float | None = 4.0
    acknowledge_alarm_s: float | None = 20.0
    verify_s: float | None = 15.0
    """Confirms what was completed, and closes the incident when nothing of it is open."""
    send_another_s: float | None = 10.0
    """After a refusal, somebody else."""
    hang_up_s: float | None = 40.0
    """How long he talks in a call."""


class Trainee:
    """`run` until it is cancelled. `counts` says what he did, by kind of command."""

    def __init__(
        self,
        url: str,
        *,
        name: str,
        password: str,
        rules: Rules,
        clock: Clock,
        new_id: Callable[[], str],
        socket_path: Path | None = None,
    ) -> None:
        self.picture = Picture()
        self.counts: dict[str, int] = {}
        self.welcome: Welcome | None = None
        self.is_seated = asyncio.Event()
        """He has signed in and sees the picture."""
        self._name, self._password = name, password
        self._rules = rules
        self._clock = clock
        self._new_id = new_id
        self._tasks: set[asyncio.Task[None]] = set()
        self._early: list[Recorded] | None = []
        self._where: dict[int, tuple[float, float]] = {}
        self._sent: set[UnitId] = set()
        """Units he has work with: nobody is sent twice."""
        self._link = Link(
            url,
            sign_in=self._sign_in,
            on_push=self._pushed,
            on_positions=self._positions,
            on_state=lambda state: None,
            clock=clock,
            socket_path=socket_path,
            timing=LinkTiming(silence_limit_s=float("inf")),
        )

    async def run(self) -> None:
        try:
            await self._link.run()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        await self._link.close()

    def _id(self) -> CommandId:
        return CommandId(self._new_id())

    # --- what he sees -------------------------------------------------------------------------------------

    def _sign_in(self) -> Command:
        return DeskSignIn(
            id=self._id(), protocol=PROTOCOL_VERSION, name=self._name, password=self._password, locale=Locale.ZH_CN
        )

    def _pushed(self, push: Push) -> None:
        match push:
            case Welcome():
                self.welcome = push
                self._begin(self._sit_down())
            case EventPush():
                self._take(push.recorded)
            case CallConnected() if self._rules.hang_up_s is not None:
                call_id = push.call_id
                self._after(self._rules.hang_up_s, lambda: CallHangUp(id=self._id(), call_id=call_id))
            case CallRinging() if self._rules.answer_call_s is not None:
                self._after(self._rules.answer_call_s, lambda: CallAnswer(id=self._id(), call_id=push.call.id))
            case _:
                pass

    async def _sit_down(self) -> None:
        answer = await self._link.request(PictureSubscribe(id=self._id()))
        if isinstance(answer, PictureSnapshot):
            self.picture = answer.picture
            early, self._early = self._early, None
            for recorded in early or ():
                self._take(recorded)
        await self._ask(MediaOffer(id=self._id(), sdp=DESK_OFFER))
        self.is_seated.set()

    def _take(self, recorded: Recorded) -> None:
        """What comes before the picture it belongs to has to wait for it."""
        if self._early is not None:
            self._early.append(recorded)
        elif recorded.seq > self.picture.seq:
            self.picture.apply(recorded)
            self._see(recorded)

    def _positions(self, frame: bytes) -> None:
        columns = decode_positions(frame)
        for no, lat, lon in zip(columns.no.tolist(), columns.lat.tolist(), columns.lon.tolist(), strict=True):
            self._where[no] = (lat, lon)

    def _see(self, recorded: Recorded) -> None:
        rules, event = self._rules, recorded.event
        match event:
            case IncidentReported(incident=incident):
                incident_id = incident.id
                if rules.acknowledge_s is not None:
                    self._after(
                        rules.acknowledge_s, lambda: IncidentAcknowledge(id=self._id(), incident_id=incident_id)
                    )
                if rules.order_s is not None:
                    self._after(rules.order_s, lambda: self._order(incident_id, rules.units))
            case AlarmRaised(alarm=alarm) if rules.acknowledge_alarm_s is not None:
                alarm_id = alarm.id
                self._after(rules.acknowledge_alarm_s, lambda: AlarmAcknowledge(id=self._id(), alarm_ids=(alarm_id,)))
            case OrderAdvanced():
                self._follow(event)
            case _:
                pass

    def _follow(self, event: OrderAdvanced) -> None:
        rules = self._rules
        if event.state in (AssignmentState.REFUSED, AssignmentState.VERIFIED, AssignmentState.CANCELLED):
            self._sent.discard(event.unit_id)
        if event.state is AssignmentState.REFUSED and rules.send_another_s is not None:
            order = self.picture.orders.get(event.order_id)
            if order is not None and order.order.incident_id is not None:
                incident_id = order.order.incident_id
                self._after(rules.send_another_s, lambda: self._order(incident_id, 1))
        if event.state is AssignmentState.COMPLETED and rules.verify_s is not None:
            self._begin(self._verify(event, rules.verify_s))

    # --- what he does -------------------------------------------------------------------------------------

    def _order(self, incident_id: IncidentId, count: int) -> OrderIssue | None:
        state = self.picture.incidents.states.get(incident_id)
        if state is None or not state.stands:
            return None
        unit_ids = nearest_free(
            self.picture, self._where, state.incident.place, count, but=self._sent, skills=self._rules.skills
        )
        if not unit_ids:
            return None
        self._sent.update(unit_ids)
        return OrderIssue(
            id=self._id(),
            title=state.incident.kind,
            text=state.incident.text[:500],
            priority=state.incident.priority,
            place=state.incident.place,
            target=UnitsTarget(unit_ids),
            incident_id=incident_id,
            item_id=item_for(self.picture, state.incident.kind, now=self._clock.now()),
        )

    async def _verify(self, event: OrderAdvanced, after_s: float) -> None:
        await pause(self._clock, after_s)
        await self._ask(
            OrderAdvance(id=self._id(), order_id=event.order_id, unit_id=event.unit_id, state=AssignmentState.VERIFIED)
        )
        order = self.picture.orders.get(event.order_id)
        incident_id = order.order.incident_id if order is not None else None
        state = self.picture.incidents.states.get(incident_id) if incident_id is not None else None
        if (
            incident_id is not None
            and state is not None
            and state.is_open
            and is_all_done(self.picture, state.order_ids)
        ):
            await self._ask(IncidentClose(id=self._id(), incident_id=incident_id, outcome=IncidentOutcome.HANDLED))

    def _after(self, seconds: float, make: Callable[[], Command | None]) -> None:
        self._begin(self._wait_and_ask(seconds, make))

    async def _wait_and_ask(self, seconds: float, make: Callable[[], Command | None]) -> None:
        await pause(self._clock, seconds)
        command = make()
        if command is not None:
            await self._ask(command)

    async def _ask(self, command: Command) -> None:
        """A refusal is how it is: he goes on."""
        answer = await self._link.request(command)
        kind = f"{type(command).__name__}:{type(answer).__name__}"
        self.counts[kind] = self.counts.get(kind, 0) + 1

    def _begin(self, deed: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(_or_lost(deed), name="trainee")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _or_lost(deed: Coroutine[Any, Any, None]) -> None:
    try:
        await deed
    except LinkLostError as error:
        _log.info("the trainee's link is gone: %s", error)
