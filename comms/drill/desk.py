"""A drill's door for desks: what the director does of what they ask. Who may ask is the policy's."""

from typing import assert_never

import msgspec

from comms.domain import drill_events as dr
from comms.domain.ids import OfficerId, PartyId
from comms.domain.inject import InjectId, spot_of
from comms.domain.order import Place
from comms.domain.policy import OBSERVES
from comms.domain.scenario import Role, RoleKind
from comms.drill.director import Director
from comms.drill.preparing import account_of
from comms.gateway.context import Refusal, Session
from comms.protocol import drill_commands as dc
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done, Push

_Move = dc.DrillBegin | dc.DrillPause | dc.DrillResume | dc.DrillSpeed | dc.DrillJump | dc.DrillEnd


class DrillDesk:
    """A `DrillDoor`. Trainees learn of the story what happens to them, and nothing of what is to come."""

    def __init__(self, director: Director) -> None:
        self._director = director

    async def answer(self, session: Session, command: dc.DrillCommand) -> Push | Refusal:
        officer_id = session.officer_id
        assert officer_id is not None  # these are commands of desks
        if isinstance(command, dc.DrillStateRead):
            return self._status(officer_id, command)
        if isinstance(command, dc.DrillAct):
            answer = await self._director.act(session, command)
            return Refusal(answer) if isinstance(answer, RefusalCode) else answer
        code = await self._carry_out(session, officer_id, command)
        return Done(id=command.id) if code is None else Refusal(code)

    def hears_all(self, officer_id: OfficerId) -> bool:
        return self.seat_kind(officer_id) in OBSERVES

    def seat_kind(self, officer_id: OfficerId) -> RoleKind | None:
        role = self._director.role_of(officer_id)
        return role.kind if role is not None else None

    async def _carry_out(self, session: Session, officer_id: OfficerId, command: dc.DrillCommand) -> RefusalCode | None:
        director, by = self._director, session.party
        match command:
            case dc.DrillFire():
                return await director.fire(by, command.inject_id)
            case dc.DrillDelay():
                return await director.delay(by, command.inject_id, command.by_s)
            case dc.DrillSkip():
                return await director.skip(by, command.inject_id, command.reason)
            case dc.DrillNote() | dc.DrillRate() | dc.DrillJoin():
                return await self._say(session, officer_id, command)
            case dc.DrillActEnd():
                return await director.story.acting.end(session, is_hung_up=command.is_hung_up)
            case dc.DrillStateRead() | dc.DrillAct():
                return None
            case _:
                return await self._move(by, command)

    async def _move(self, by: PartyId, command: _Move) -> RefusalCode | None:
        """The drill as a whole, and its clock."""
        director = self._director
        match command:
            case dc.DrillBegin():
                return await director.begin(by)
            case dc.DrillPause():
                return await director.pause(by, is_frozen=command.is_frozen, reason=command.reason)
            case dc.DrillResume():
                return await director.resume(by)
            case dc.DrillSpeed():
                return await director.set_speed(by, command.speed)
            case dc.DrillJump():
                return await director.jump(by, command.to_s)
            case dc.DrillEnd():
                return await director.end(by, reason=command.reason)
            case _:
                assert_never(command)

    async def _say(
        self, session: Session, officer_id: OfficerId, command: dc.DrillNote | dc.DrillRate | dc.DrillJoin
    ) -> RefusalCode | None:
        scenario = self._director.site.scenario
        if not self._director.is_begun:
            return RefusalCode.WRONG_STATE
        known = {objective.id for objective in scenario.objectives}
        event: dr.DrillNoted | dr.DrillRated | dr.DrillJoined
        match command:
            case dc.DrillNote():
                if command.objective is not None and command.objective not in known:
                    return RefusalCode.NOT_FOUND
                event = dr.DrillNoted(
                    text=command.text, objective=command.objective, at_s=command.at_s, is_shown=command.is_shown
                )
            case dc.DrillRate():
                if command.objective not in known:
                    return RefusalCode.NOT_FOUND
                event = dr.DrillRated(
                    objective=command.objective,
                    rating=command.rating,
                    words=command.words,
                    officer_id=command.officer_id,
                )
            case dc.DrillJoin():
                role = scenario.role(command.role)
                if role is None:
                    return RefusalCode.NOT_FOUND
                if not _may_sit(role, officer_id, before=self.seat_kind(officer_id)):
                    return RefusalCode.NOT_ALLOWED
                event = dr.DrillJoined(officer_id=officer_id, role=role.id)
            case _:
                assert_never(command)
        await self._director.say(session.party, event)
        return None

    def _status(self, officer_id: OfficerId, command: dc.DrillStateRead) -> dc.DrillStatus:
        director, role = self._director, self._director.role_of(officer_id)
        site, story = director.site, director.story
        is_staff = self.hears_all(officer_id)
        return dc.DrillStatus(
            id=command.id,
            drill_id=director.drill_id,
            second=round(site.second(), 3),
            length_s=site.scenario.length_s,
            speed=site.clock.speed,
            is_begun=director.is_begun,
            is_paused=site.clock.is_paused,
            is_over=director.is_over,
            is_wordless=story.people.speaking.is_wordless,
            role=role.id if role is not None else None,
            at=round(site.clock.now(), 3),
            seats=self._seats(officer_id),
            injects=tuple(story.schedule.states.values()) if is_staff else (),
            standings=tuple(story.watch.standings.values()) if is_staff else (),
            scenario=msgspec.json.encode(site.scenario).decode() if is_staff and command.is_whole else None,
            places=self._places() if is_staff and command.is_whole else {},
        )

    def _seats(self, officer_id: OfficerId) -> tuple[dc.Seat, ...]:
        director, before = self._director, self.seat_kind(officer_id)
        sitting = director.sitting()
        return tuple(
            dc.Seat(
                id=role.id,
                kind=role.kind,
                name=role.name,
                officer_ids=tuple(officer for officer, seat in sitting.items() if seat == role.id),
                may_take=_may_sit(role, officer_id, before=before),
            )
            for role in director.site.scenario.roles
        )

    def _places(self) -> dict[InjectId, Place]:
        foreseen = self._director.foreseen
        spots = {inject.id: spot_of(inject.what) for inject in self._director.site.scenario.injects}
        return {key: foreseen.place(spot) for key, spot in spots.items() if spot is not None}


def _may_sit(role: Role, officer_id: OfficerId, *, before: RoleKind | None) -> bool:
    """A seat that directs is his whom the scenario names; one that observes also who comes late and has none."""
    if role.kind is RoleKind.TRAINEE:
        return before is not RoleKind.TRAINER
    is_free = role.kind is RoleKind.OBSERVER and before is None
    return is_free or account_of(role) == officer_id or before is RoleKind.TRAINER
