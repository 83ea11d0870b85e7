"""Alarms over real sockets: what raises them, who may do what with them, and that a restart keeps them."""

import time
from pathlib import Path

from comms.domain.alarm import AlarmKind, AlarmPhase, AlarmPriority
from comms.domain.events import AlarmAcknowledged, AlarmCleared, AlarmMarked, AlarmRaised, AlarmShelved, FaultNoted
from comms.domain.ids import GATEWAY, AlarmId, OrderId
from comms.domain.order import AssignmentState, UnitsTarget
from comms.domain.picture import Picture
from comms.protocol.alarm_commands import AlarmAcknowledge, AlarmMark, AlarmShelve, AlarmUnshelve
from comms.protocol.commands import OrderAdvance, OrderIssue, PictureSubscribe
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done, PictureSnapshot
from tests.support.gateway import NORTH, NORTH_DUTY, SOUTH_DUTY, U1, Site, running_gateway
from tests.support.terminal import Peer, code_of, desk, new_id, terminal


async def late_order(officer: Peer) -> OrderId:
    """An order whose deadline is over as soon as it is given."""
    order = OrderIssue(id=new_id(), title="井盖破损", target=UnitsTarget((U1,)), deadline_at=time.time() - 1)
    return OrderId((await officer.ask_for(order, Done)).subject or "")


def overdue_id(order_id: OrderId) -> AlarmId:
    return AlarmId(f"order_overdue/order:{order_id}")


async def picture_of(peer: Peer) -> Picture:
    return (await peer.ask_for(PictureSubscribe(id=new_id()), PictureSnapshot)).picture


def acknowledge(*alarm_ids: AlarmId) -> AlarmAcknowledge:
    return AlarmAcknowledge(id=new_id(), alarm_ids=alarm_ids)


def shelve(alarm_id: AlarmId, *, for_s: float = 600.0, reason: str = "已派人") -> AlarmShelve:
    return AlarmShelve(id=new_id(), alarm_id=alarm_id, until_at=time.time() + for_s, reason=reason)


async def test_an_overdue_order_is_one_alarm_until_it_is_done(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path) as site,
        desk(site, NORTH_DUTY) as officer,
        terminal(site, U1) as worker,
    ):
        await officer.subscribe()
        order_id = await late_order(officer)
        raised = await officer.event(AlarmRaised)
        assert raised.alarm.id == overdue_id(order_id)
        assert (raised.alarm.kind, raised.alarm.priority) == (AlarmKind.ORDER_OVERDUE, AlarmPriority.MEDIUM)
        assert (raised.alarm.jurisdiction_id, raised.alarm.unit_id) == (NORTH, U1)
        done = OrderAdvance(id=new_id(), order_id=order_id, state=AssignmentState.ACCEPTED)
        await worker.ask_for(done, Done)
        await worker.ask_for(OrderAdvance(id=new_id(), order_id=order_id, state=AssignmentState.COMPLETED), Done)
        cleared = await officer.event(AlarmCleared)
        assert cleared.alarm_id == raised.alarm.id
        assert len([event for event in officer.events if isinstance(event, AlarmRaised)]) == 1
        await officer.ask_for(acknowledge(raised.alarm.id), Done)
        assert (await picture_of(officer)).alarms.states[raised.alarm.id].phase is AlarmPhase.OVER


async def test_what_an_officer_may_do_with_it(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path) as site,
        desk(site, NORTH_DUTY) as north,
        desk(site, SOUTH_DUTY) as south,
        terminal(site, U1) as worker,
    ):
        await north.subscribe()
        alarm_id = overdue_id(await late_order(north))
        await north.event(AlarmRaised)
        for command in (
            acknowledge(alarm_id),
            shelve(alarm_id),
            AlarmUnshelve(id=new_id(), alarm_id=alarm_id),
            AlarmMark(id=new_id(), alarm_id=alarm_id, false_reason="x"),
        ):
            assert code_of(await south.ask(command)) == RefusalCode.OUT_OF_JURISDICTION
            assert code_of(await worker.ask(command)) == RefusalCode.NOT_ALLOWED
        unknown = AlarmId("order_overdue/order:none")
        assert code_of(await north.ask(acknowledge(alarm_id, unknown))) == RefusalCode.NOT_FOUND
        assert code_of(await north.ask(shelve(alarm_id, reason=" "))) == RefusalCode.REASON_MISSING
        assert code_of(await north.ask(shelve(alarm_id, for_s=13 * 3600))) == RefusalCode.SHELF_TIME
        assert code_of(await north.ask(shelve(alarm_id, for_s=-1))) == RefusalCode.SHELF_TIME
        not_there = AlarmUnshelve(id=new_id(), alarm_id=alarm_id)
        assert code_of(await north.ask(not_there)) == RefusalCode.ALREADY_DONE

        again = acknowledge(alarm_id)
        await north.ask_for(again, Done)
        await north.ask_for(again, Done)
        assert code_of(await north.ask(acknowledge(alarm_id))) == RefusalCode.ALREADY_DONE
        assert len([event for event in north.events if isinstance(event, AlarmAcknowledged)]) == 1

        await north.ask_for(shelve(alarm_id), Done)
        assert (await north.event(AlarmShelved)).reason == "已派人"
        assert code_of(await north.ask(shelve(alarm_id))) == RefusalCode.WRONG_STATE
        await north.ask_for(AlarmUnshelve(id=new_id(), alarm_id=alarm_id), Done)
        await north.ask_for(AlarmMark(id=new_id(), alarm_id=alarm_id, false_reason="系统对时错误"), Done)
        assert (await north.event(AlarmMarked)).false_reason == "系统对时错误"
        same = AlarmMark(id=new_id(), alarm_id=alarm_id, false_reason="系统对时错误")
        assert code_of(await north.ask(same)) == RefusalCode.ALREADY_DONE


async def test_a_restart_keeps_alarms_and_their_shelves(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as officer:
        await officer.subscribe()
        shelved_id, plain_id = overdue_id(await late_order(officer)), overdue_id(await late_order(officer))
        await officer.event(AlarmRaised, lambda event: event.alarm.id == shelved_id)
        await officer.event(AlarmRaised, lambda event: event.alarm.id == plain_id)
        await officer.ask_for(shelve(shelved_id), Done)
        codes = site.codes
    async with running_gateway(tmp_path, codes=codes) as site, desk(site, NORTH_DUTY) as officer:
        states = (await picture_of(officer)).alarms.states
        assert states[plain_id].phase is AlarmPhase.ACTIVE
        assert states[shelved_id].phase is AlarmPhase.SHELVED
        shelf = states[shelved_id].shelf
        assert shelf is not None
        assert shelf.reason == "已派人"


async def test_a_fault_of_the_gateway_is_everybodys_alarm(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, SOUTH_DUTY) as officer:
        await officer.subscribe()
        await note(site, FaultNoted(code="store_failed", detail="disk full"))
        raised = await officer.event(AlarmRaised)
        assert (raised.alarm.source, raised.alarm.jurisdiction_id) == ("fault:store_failed", None)
        await note(site, FaultNoted(code="store_failed", is_over=True))
        await officer.event(AlarmCleared)
        await officer.ask_for(acknowledge(raised.alarm.id), Done)


async def note(site: Site, fault: FaultNoted) -> None:
    assert site.gateway is not None
    await site.gateway.record(GATEWAY, [fault])
