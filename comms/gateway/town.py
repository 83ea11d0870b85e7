"""Loading a town: its definitions become events, its officers get passwords, its map becomes a blob."""

from collections.abc import Iterable
from dataclasses import dataclass

from comms.domain.events import (
    Event,
    JurisdictionDefined,
    MapPublished,
    OfficerDefined,
    TalkgroupDefined,
    UnitDefined,
)
from comms.domain.ids import GATEWAY
from comms.domain.officer import DepartmentDefined, OfficerRole, RoleFault, roles_fault
from comms.domain.patrol_events import PatrolPlanSet, PatrolQuestionSet
from comms.domain.picture import OfficerState, Picture
from comms.gateway.item_entering import entering
from comms.journal.accounts import Accounts
from comms.journal.blobs import Blobs
from comms.journal.journal import Journal
from comms.protocol.area import MEDIA_TYPE, OfficerAccount, TownFile, encode_area

SPLIT_SENTENCES = {
    RoleFault.TWO_OF_THREE: (
        "System, security and audit officer are three people, so that each is checked by the others; "
        "give this officer one of these roles only."
    ),
    RoleFault.COMMANDS_TOO: (
        "A system, security or audit officer commands nobody; give this officer no role in cases besides, "
        "or another account for his duty."
    ),
}
"""Why nobody may have roles that break the split of three (三员分立)."""


class TownError(ValueError):
    """The town cannot be loaded; the message is one plain sentence."""


@dataclass(frozen=True, slots=True)
class Loaded:
    events: int
    officers_added: int


async def load_town(town: TownFile, *, journal: Journal, accounts: Accounts, blobs: Blobs) -> Loaded:
    """Records what differs from the picture; loading again does nothing. Passwords of officers that have one stay."""
    check_town(town, journal.picture)
    blob_id = await blobs.put(encode_area(town.area), MEDIA_TYPE)
    events = differences(town, journal.picture)
    if journal.picture.map_blob_id != blob_id:
        events.append(MapPublished(blob_id=blob_id))
    await journal.record(GATEWAY, events)
    added = await accounts.add_officers((officer.officer_id, officer.password) for officer in town.officers)
    return Loaded(events=len(events), officers_added=len(added))


def check_town(town: TownFile, picture: Picture) -> None:
    """Raises TownError when something is named that the town does not define, or a number is used twice."""
    jurisdictions = {node.id for node in town.jurisdictions} | picture.jurisdictions.keys()
    talkgroups = {group.id for group in town.talkgroups} | picture.talkgroups.keys()
    placed = [
        *((f"unit {unit.id}", unit.jurisdiction_id) for unit in town.units),
        *((f"talkgroup {group.id}", group.jurisdiction_id) for group in town.talkgroups),
        *((f"item {item.id}", item.jurisdiction_id) for item in town.items),
        *((f"officer {officer.officer_id}", officer.jurisdiction_id) for officer in town.officers),
        *((f"department {department.id}", department.jurisdiction_id) for department in town.departments),
        *((f"question {question.id}", question.jurisdiction_id) for question in town.patrol_questions),
        *((f"patrol plan {plan.id}", plan.jurisdiction_id) for plan in town.patrol_plans),
    ]
    for what, jurisdiction_id in placed:
        if jurisdiction_id not in jurisdictions:
            raise TownError(f"The {what} is in jurisdiction {jurisdiction_id}, which the town does not define.")
    for unit in town.units:
        for talkgroup_id in unit.talkgroup_ids:
            if talkgroup_id not in talkgroups:
                raise TownError(f"The unit {unit.id} is in talkgroup {talkgroup_id}, which the town does not define.")
    _check_officers(town, picture)
    _check_numbers(town, picture)


def _check_officers(town: TownFile, picture: Picture) -> None:
    departments = {department.id for department in town.departments} | picture.departments.keys()
    for officer in town.officers:
        fault = roles_fault(officer.roles)
        if fault is not None:
            raise TownError(f"The officer {officer.officer_id} cannot have these roles. {SPLIT_SENTENCES[fault]}")
        named = officer.department_id
        if named is not None and named not in departments:
            raise TownError(
                f"The officer {officer.officer_id} is of department {named}, which the town does not define."
            )
        if named is None and OfficerRole.HANDLER in officer.roles:
            raise TownError(f"The officer {officer.officer_id} is a handler; name the department he answers for.")


def _check_numbers(town: TownFile, picture: Picture) -> None:
    owners = {state.unit.no: unit_id for unit_id, state in picture.units.items()}
    for unit in town.units:
        owner = owners.setdefault(unit.no, unit.id)
        if owner != unit.id:
            raise TownError(f"The units {owner} and {unit.id} both have number {unit.no}; give each its own.")


def differences(town: TownFile, picture: Picture) -> list[Event]:
    """What of its definitions the picture does not have, but for the map."""
    events: list[Event] = []
    for node in town.jurisdictions:
        if picture.jurisdictions.get(node.id) != node:
            events.append(JurisdictionDefined(jurisdiction=node))
    for group in town.talkgroups:
        known_group = picture.talkgroups.get(group.id)
        if known_group is None or known_group.talkgroup != group:
            events.append(TalkgroupDefined(talkgroup=group))
    for unit in town.units:
        known_unit = picture.units.get(unit.id)
        if known_unit is None or known_unit.unit != unit:
            events.append(UnitDefined(unit=unit))
    for department in town.departments:
        if picture.departments.get(department.id) != department:
            events.append(DepartmentDefined(department=department))
    events.extend(_officer_differences(town.officers, picture))
    listed = ((item, "") for item in town.items)
    events.extend(entering(picture.items, listed, from_at=town.items_from_at).events)
    events.extend(_patrol_differences(town, picture))
    return events


def _patrol_differences(town: TownFile, picture: Picture) -> Iterable[Event]:
    """Plans that officers have changed since are theirs: only what is not there yet is brought."""
    known = picture.patrols
    yield from (PatrolQuestionSet(question=each) for each in town.patrol_questions if each.id not in known.questions)
    yield from (PatrolPlanSet(plan=each) for each in town.patrol_plans if each.id not in known.plans)


def _officer_differences(officers: Iterable[OfficerAccount], picture: Picture) -> Iterable[Event]:
    for officer in officers:
        if not _is_same(picture.officers.get(officer.officer_id), officer):
            yield OfficerDefined(
                officer_id=officer.officer_id,
                name=officer.name,
                jurisdiction_id=officer.jurisdiction_id,
                roles=officer.roles,
                department_id=officer.department_id,
            )


def _is_same(known: OfficerState | None, officer: OfficerAccount) -> bool:
    if known is None:
        return False
    wanted = (officer.name, officer.jurisdiction_id, officer.roles, officer.department_id)
    return (known.name, known.jurisdiction_id, known.roles, known.department_id) == wanted
