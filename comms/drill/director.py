"""The director (导调): lets the story of a drill happen on its clock, and does what the trainer says.

Whatever it does is an event of the drill's own journal, recorded before it takes effect. All methods belong to the loop
of the site."""

import asyncio
from collections.abc import Iterable

from comms.domain import drill_events as dr
from comms.domain.drill_board import InjectPhase
from comms.domain.events import Event
from comms.domain.expectation_watch import Nearest
from comms.domain.ids import GATEWAY, OfficerId, PartyId
from comms.domain.inject import InjectId, RoleId
from comms.domain.scenario import Role
from comms.drill.foreseen import Foreseen
from comms.drill.preparing import account_of, trainer_of
from comms.drill.progress import Progress
from comms.drill.site import DrillSite
from comms.drill.story import Story
from comms.gateway.context import Session
from comms.protocol.drill_commands import DrillAct
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done


class Director:
    """Made before the drill begins; `close` before its site ends. Refusals are values."""

    def __init__(
        self,
        site: DrillSite,
        foreseen: Foreseen,
        *,
        drill_id: str,
        nearest: Nearest | None = None,
        ends_by_itself: bool = False,
        carried: Iterable[dr.ImprovementRaised] = (),
        progress: Progress | None = None,
    ) -> None:
        """`ends_by_itself`: when its length is over, and not only when the trainer says so. `carried` are what earlier
        drills left open (`follow_up`). `progress` is how far the story of a record had come that is taken over."""
        self._carried = tuple(carried)
        self.site = site
        self.drill_id = drill_id
        self.foreseen = foreseen
        on_over = self._over if ends_by_itself else None
        self.story = Story(site, foreseen, nearest=nearest, on_over=on_over, progress=progress)
        if progress is not None:
            self.story.follow(site.gateway.journal)
        self.ended = asyncio.Event()
        self.is_begun = False
        self.is_over = False
        self._jumps_to_s: float | None = None
        """The second of the drill that it is on its way to."""

    # --- what the trainer says ----------------------------------------------------------------------------

    async def begin(self, by: PartyId) -> RefusalCode | None:
        if self.is_begun:
            return RefusalCode.ALREADY_DONE
        self.is_begun = True
        site, scenario = self.site, self.site.scenario
        taken = site.wanted.taken
        began = dr.DrillBegan(
            drill_id=self.drill_id,
            scenario_id=scenario.id,
            digest=scenario.digest,
            seed=site.wanted.seed,
            title=scenario.title,
            starts_at=site.begin_at,
            cast=dict(self.foreseen.cast.units),
            forked_from=taken.forked_from if taken is not None else "",
            forked_seq=taken.forked_seq if taken is not None else None,
            goes_on=taken is not None and taken.goes_on,
        )
        if not self.story.is_following:
            self.story.follow(site.gateway.journal)
        drill = site.gateway.picture.drill.state
        sitting = drill.roles if began.goes_on and drill is not None else {}
        seats = [
            dr.DrillJoined(officer_id=account_of(role), role=role.id)
            for role in scenario.roles
            if account_of(role) in site.gateway.picture.officers and account_of(role) not in sitting
        ]
        await self._record(by, began, *seats, *self._carried)
        self.story.start()
        site.clock.resume()
        return None

    async def pause(self, by: PartyId, *, is_frozen: bool = False, reason: str = "") -> RefusalCode | None:
        if not self._is_on:
            return RefusalCode.WRONG_STATE
        stopped = self._stop_jumping()
        self.site.clock.pause()
        await self._record(by, *stopped, dr.DrillPaused(is_frozen=is_frozen, reason=reason))
        return None

    async def resume(self, by: PartyId) -> RefusalCode | None:
        if not self._is_on:
            return RefusalCode.WRONG_STATE
        await self._record(by, dr.DrillResumed())
        self.site.clock.resume()
        return None

    async def set_speed(self, by: PartyId, speed: float) -> RefusalCode | None:
        if not self._is_on:
            return RefusalCode.WRONG_STATE
        try:
            self.site.clock.set_speed(speed)
        except ValueError:
            return RefusalCode.BAD_FORM
        await self._record(by, dr.DrillSpeedSet(speed=speed))
        return None

    async def jump(self, by: PartyId, to_s: float) -> RefusalCode | None:
        second = self.site.second()
        if not self._is_on:
            return RefusalCode.WRONG_STATE
        if not second < to_s <= self.site.scenario.length_s:
            return RefusalCode.BAD_FORM
        await self._record(by, *self._stop_jumping(), dr.DrillJumped(from_s=second, to_s=to_s))
        self._jumps_to_s = to_s
        self.site.clock.jump(self.site.zero_s + to_s, then=self._landed)
        return None

    def _landed(self) -> None:
        self._jumps_to_s = None

    def _stop_jumping(self) -> list[dr.DrillJumped]:
        """Where a jump really came to that is stopped on its way."""
        meant_s, self._jumps_to_s = self._jumps_to_s, None
        return [] if meant_s is None else [dr.DrillJumped(from_s=meant_s, to_s=self.site.second())]

    async def fire(self, by: PartyId, inject_id: InjectId) -> RefusalCode | None:
        """Now, also one that was fired or skipped before."""
        inject = self.site.scenario.inject(inject_id)
        if inject is None:
            return RefusalCode.NOT_FOUND
        if not self._is_on:
            return RefusalCode.WRONG_STATE
        await self.story.fire(inject, by, is_by_hand=True)
        return None

    async def delay(self, by: PartyId, inject_id: InjectId, by_s: float) -> RefusalCode | None:
        refusal = self._unfired(inject_id)
        if refusal is None:
            await self._record(by, dr.InjectDelayed(inject_id=inject_id, by_s=by_s))
            self.story.delay(inject_id, by_s)
        return refusal

    async def skip(self, by: PartyId, inject_id: InjectId, reason: str = "") -> RefusalCode | None:
        refusal = self._unfired(inject_id)
        if refusal is None:
            await self._record(by, dr.InjectSkipped(inject_id=inject_id, reason=reason))
            self.story.skip(inject_id)
        return refusal

    async def say(self, by: PartyId, event: dr.DrillNoted | dr.DrillRated | dr.DrillJoined) -> None:
        """A note, a rating, somebody who takes a seat: at any time of a drill, and after it."""
        await self._record(by, event)

    async def act(self, session: Session, command: DrillAct) -> Done | RefusalCode:
        """The trainer at this session speaks as somebody."""
        if not self._is_on:
            return RefusalCode.WRONG_STATE
        return await self.story.acting.begin(session, command)

    async def end(self, by: PartyId, *, reason: str = "") -> RefusalCode | None:
        if not self._is_on:
            return RefusalCode.WRONG_STATE
        await self._end(by, is_early=self.site.second() < self.site.scenario.length_s, reason=reason)
        return None

    def role_of(self, officer_id: OfficerId) -> Role | None:
        """The seat an officer has: the one he joined, else the one the scenario gives him."""
        drill = self.site.gateway.picture.drill.state
        joined = drill.roles.get(officer_id) if drill is not None else None
        if joined is not None:
            return self.site.scenario.role(joined)
        return next((role for role in self.site.scenario.roles if account_of(role) == officer_id), None)

    def sitting(self) -> dict[OfficerId, RoleId]:
        """Who has which seat: the one he joined, else the one the scenario gives him."""
        drill = self.site.gateway.picture.drill.state
        given = {account_of(role): role.id for role in self.site.scenario.roles}
        return given | (drill.roles if drill is not None else {})

    @property
    def trainer(self) -> PartyId:
        return trainer_of(self.site.scenario)

    async def close(self) -> None:
        await self.story.close()

    # --- inside -------------------------------------------------------------------------------------------

    @property
    def _is_on(self) -> bool:
        return self.is_begun and not self.is_over

    def _unfired(self, inject_id: InjectId) -> RefusalCode | None:
        state = self.story.schedule.states.get(inject_id)
        if state is None:
            return RefusalCode.NOT_FOUND
        if not self._is_on:
            return RefusalCode.WRONG_STATE
        return (
            RefusalCode.ALREADY_DONE
            if state.phase in (InjectPhase.BEGUN, InjectPhase.FIRED, InjectPhase.SKIPPED)
            else None
        )

    async def _record(self, by: PartyId, *events: Event) -> None:
        await self.site.gateway.record(by, events)

    async def _end(self, by: PartyId, *, is_early: bool, reason: str) -> None:
        self.is_over = True
        stopped = self._stop_jumping()
        self.site.clock.pause()
        self.story.stop()
        await self._record(by, *stopped, dr.DrillEnded(is_early=is_early, reason=reason))
        self.ended.set()

    def _over(self) -> None:
        """The time it was meant to last is up."""
        self.story.begin_task(self._end(GATEWAY, is_early=False, reason=""))
