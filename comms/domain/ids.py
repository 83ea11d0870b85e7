"""Identifiers. Each noun has its own type, so that a unit is never passed where a talkgroup is meant."""

from typing import NewType

JurisdictionId = NewType("JurisdictionId", str)
"""A path from the root, `441900/s01/v02/g003`: an ancestor is a prefix, so containment needs no tree walk."""
UnitId = NewType("UnitId", str)
OfficerId = NewType("OfficerId", str)
TalkgroupId = NewType("TalkgroupId", str)
CallId = NewType("CallId", str)
BurstId = NewType("BurstId", str)
OrderId = NewType("OrderId", str)
IncidentId = NewType("IncidentId", str)
ItemId = NewType("ItemId", str)
"""An item of the item list (入格事项清单)."""
DepartmentId = NewType("DepartmentId", str)
VideoId = NewType("VideoId", str)
AlarmId = NewType("AlarmId", str)
"""Kind and source: the same trouble has the same id for ever."""
FenceId = NewType("FenceId", str)
WeatherId = NewType("WeatherId", str)
SourceId = NewType("SourceId", str)
"""An outside system that sends work orders (12345, 数字城管 …), as its key was made out."""
MarkId = NewType("MarkId", str)
PostId = NewType("PostId", str)
"""A seat that somebody has to be on duty at (岗位)."""
ShiftId = NewType("ShiftId", str)
SwapId = NewType("SwapId", str)
HandoverId = NewType("HandoverId", str)
PlanId = NewType("PlanId", str)
PlanRunId = NewType("PlanRunId", str)
"""One carrying out of a plan: the id of the command that started it."""
PatrolPlanId = NewType("PatrolPlanId", str)
"""A patrol plan (巡查计划)."""
QuestionId = NewType("QuestionId", str)
PatrolPlaceId = NewType("PatrolPlaceId", str)
"""A place to visit: `place:…` and `risk:…` of the published map, `own:…` of a sheet that was imported."""
VisitId = NewType("VisitId", str)
BlobId = NewType("BlobId", str)
"""Lower-case hexadecimal SHA-256 of the content."""
CommandId = NewType("CommandId", str)
"""Chosen by the sender, unique for ever: the same id sent again gets the same answer and has no second effect."""
PartyId = NewType("PartyId", str)
"""Who acts or takes part: `unit:…`, `officer:…`, `source:…`, `gateway`, or `address:…` for who has not signed in."""

GATEWAY = PartyId("gateway")


def unit_party(unit_id: UnitId) -> PartyId:
    return PartyId(f"unit:{unit_id}")


def officer_party(officer_id: OfficerId) -> PartyId:
    return PartyId(f"officer:{officer_id}")


def source_party(source: SourceId) -> PartyId:
    return PartyId(f"source:{source}")


def address_party(address: str) -> PartyId:
    """Whoever is at a network address and has not signed in."""
    return PartyId(f"address:{address}")


def party_unit(party: PartyId) -> UnitId | None:
    """The unit behind a party, or None when the party is an officer or the gateway."""
    return UnitId(party[5:]) if party.startswith("unit:") else None


def party_officer(party: PartyId) -> OfficerId | None:
    """The officer behind a party, or None when the party is a unit or the gateway."""
    return OfficerId(party[8:]) if party.startswith("officer:") else None


def party_source(party: PartyId) -> SourceId | None:
    """The source behind a party, or None when the party is a unit, an officer or the gateway."""
    return SourceId(party[7:]) if party.startswith("source:") else None


def party_address(party: PartyId) -> str | None:
    """The network address of who has not signed in, or None when the party is known."""
    return party[8:] if party.startswith("address:") else None
