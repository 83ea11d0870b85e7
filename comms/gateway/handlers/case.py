"""Steps of cases. Who may take them is decided in the domain's tables, what they record in `case_steps`."""

import msgspec

from comms.domain.case import CaseMoved, CaseStage, CaseState, CaseStep
from comms.domain.case_notice import handlers
from comms.domain.events import Event, IncidentLinked, OrderIssued
from comms.domain.ids import ItemId, OrderId, UnitId, unit_party
from comms.domain.incident import IncidentState
from comms.domain.jurisdiction import contains
from comms.domain.order import Order, UnitsTarget
from comms.gateway.case_lacks import lack_of
from comms.gateway.case_steps import decide, with_its_end
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.gateway.merging import and_merged
from comms.gateway.order_rules import is_own_unit, list_fault
from comms.protocol.case_commands import CalendarRead, CaseMove
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.pushes import CalendarYears, Done

COLLECTOR_WITHIN_M = 5_000.0
"""Nobody is sent further to look at something."""
_TITLES = {
    CaseStage.REPORTED: {Locale.ZH_CN: "核查：{kind}", Locale.EN: "Look before registering: {kind}"},
    CaseStage.HANDLED: {Locale.ZH_CN: "核实：{kind}", Locale.EN: "Look before closing: {kind}"},
}


async def calendar(gateway: Gateway, _session: Session, command: CalendarRead) -> CalendarYears:
    return CalendarYears(id=command.id, years=gateway.cases.years)


async def move(gateway: Gateway, session: Session, command: CaseMove) -> Done | Refusal:
    picture = gateway.picture
    incident = picture.incidents.states.get(command.incident_id)
    if incident is None or not all(gateway.blobs.has(blob_id) for blob_id in command.photos):
        return Refusal(RefusalCode.NOT_FOUND)
    if incident.merge is not None:
        return Refusal(RefusalCode.INCIDENT_MERGED)
    case = picture.cases.of(incident)
    assert session.officer_id is not None
    officer = picture.officers[session.officer_id]
    now = gateway.clock.now()
    decided = decide(command, case, picture, officer=officer, work=gateway.cases.work, now=now)
    if isinstance(decided, RefusalCode):
        return Refusal(decided)
    lack = lack_of(decided, case, picture, now=now)
    if lack is not None:
        return lack
    events = _events(gateway, session, command, decided, case=case, incident=incident)
    if isinstance(events, RefusalCode):
        return Refusal(events)
    events = and_merged(events, picture, work=gateway.cases.work, locale=session.locale)
    await gateway.record(session.party, events, command_id=command.id)
    return Done(id=command.id, subject=command.incident_id)


def _events(
    gateway: Gateway,
    session: Session,
    command: CaseMove,
    decided: CaseMoved,
    *,
    case: CaseState,
    incident: IncidentState,
) -> list[Event] | RefusalCode:
    if command.step is CaseStep.VERIFY:
        return _ask_collector(gateway, session, command, decided, case=case, incident=incident)
    if command.step is CaseStep.DISPATCH:
        sent = msgspec.structs.replace(case, department_id=decided.department_id)
        decided = msgspec.structs.replace(decided, to=handlers(gateway.picture, sent))
    return with_its_end(decided, command.outcome)


def _ask_collector(
    gateway: Gateway,
    session: Session,
    command: CaseMove,
    decided: CaseMoved,
    *,
    case: CaseState,
    incident: IncidentState,
) -> list[Event] | RefusalCode:
    """An order to the nearest collector; what he does with it is the answer."""
    order_id = OrderId(command.id)
    if order_id in gateway.picture.orders:
        return RefusalCode.NOT_ALLOWED
    unit_id = _collector(gateway, session, command.unit_id, case, incident)
    if isinstance(unit_id, RefusalCode):
        return unit_id
    what, item_id = incident.incident, _item_to_look_for(gateway, case, unit_id)
    if list_fault(item_id, gateway.picture, (unit_id,), now=gateway.clock.now()) is not None:
        return RefusalCode.NOT_ON_LIST
    order = Order(
        id=order_id,
        title=_TITLES[case.stage][session.locale].format(kind=what.kind),
        text=command.opinion,
        priority=what.priority,
        place=what.place,
        issued_at=gateway.clock.now(),
        target=UnitsTarget((unit_id,)),
        unit_ids=(unit_id,),
        attachments=what.photos,
        incident_id=what.id,
        item_id=item_id,
    )
    asked = msgspec.structs.replace(decided, to=(unit_party(unit_id),), order_id=order_id)
    return [asked, OrderIssued(order=order), IncidentLinked(incident_id=what.id, order_id=order_id)]


def _item_to_look_for(gateway: Gateway, case: CaseState, unit_id: UnitId) -> ItemId | None:
    """The case's own item where it may be asked of him, else the one the list has for a first look."""
    picture, now = gateway.picture, gateway.clock.now()
    if list_fault(case.item_id, picture, (unit_id,), now=now) is None:
        return case.item_id
    where = picture.units[unit_id].unit.jurisdiction_id
    general = (item for item in picture.items.in_force(now) if item.terms.is_general)
    return next((item.id for item in general if contains(item.jurisdiction_id, where)), None)


def _collector(
    gateway: Gateway, session: Session, wanted: UnitId | None, case: CaseState, incident: IncidentState
) -> UnitId | RefusalCode:
    """Online, of this jurisdiction, and not one who handled it: nobody checks his own work."""
    picture = gateway.picture
    looked = {line.move.order_id for line in case.flow if line.move.step is CaseStep.VERIFY}
    handled = {
        unit_id
        for order_id in incident.order_ids
        if order_id not in looked and order_id in picture.orders
        for unit_id in picture.orders[order_id].assignments
    }
    if wanted is not None:
        return RefusalCode.SAME_PERSON if wanted in handled else wanted
    place = incident.incident.place
    near = gateway.positions.within(lat=place.lat, lon=place.lon, radius_m=COLLECTOR_WITHIN_M)
    may = (
        unit_id
        for unit_id in near
        if unit_id not in handled
        and picture.units[unit_id].is_online
        and is_own_unit(picture, unit_id, session.jurisdiction_id)
    )
    return next(may, RefusalCode.NO_UNITS)
