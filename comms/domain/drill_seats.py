"""Whose doing counts in a drill: trainees', not the trainer's or an observer's."""

from comms.domain.drill_book import DrillState
from comms.domain.ids import OfficerId, PartyId, party_officer
from comms.domain.inject import RoleId
from comms.domain.scenario import RoleKind, Scenario


class Seats:
    """Who takes no seat is a trainee: a desk that came late is scored as well."""

    def __init__(self, scenario: Scenario) -> None:
        self._by_officer = {role.officer: role.id for role in scenario.roles if role.officer}
        self._kinds = {role.id: role.kind for role in scenario.roles}

    def seat(self, officer: OfficerId, drill: DrillState) -> RoleId | None:
        return drill.roles.get(officer) or self._by_officer.get(officer)

    def is_trainee(self, officer: OfficerId, drill: DrillState) -> bool:
        seat = self.seat(officer, drill)
        return seat is None or self._kinds.get(seat, RoleKind.TRAINEE) is RoleKind.TRAINEE

    def trainee(self, party: PartyId, drill: DrillState) -> OfficerId | None:
        """The trainee behind a party, or None."""
        officer = party_officer(party)
        return officer if officer is not None and self.is_trainee(officer, drill) else None
