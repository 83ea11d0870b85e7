"""Orders over real sockets: to whom they go, what is refused and kept for the audit, what the clock does."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from comms.domain.events import (
    CommandRefused,
    NoteAdded,
    OrderAdvanced,
    OrderIssued,
    OrderOverdue,
    OrderReminded,
    UnitStatusChanged,
)
from comms.domain.ids import BlobId, CommandId, OrderId, UnitId
from comms.domain.order import (
    AssignmentState,
    CircleTarget,
    JurisdictionTarget,
    OrderTarget,
    TalkgroupTarget,
    UnitsTarget,
)
from comms.domain.position import Fix
from comms.domain.unit import UnitStatus
from comms.gateway.settings import Settings
from comms.protocol.commands import (
    AffiliationSet,
    BlobGet,
    BlobPut,
    LogRead,
    NoteAdd,
    OrderAdvance,
    OrderIssue,
    OrderRemind,
    PictureSubscribe,
    PositionReport,
    StatusSet,
)
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import BlobContent, Done, LogPage, OrderChanged, OrderPush, PositionTaken, Refused
from tests.support.gateway import (
    ADMIN,
    NORTH,
    NORTH_DUTY,
    NORTH_GROUP,
    S1,
    SOUTH,
    SOUTH_DUTY,
    SOUTH_GROUP,
    U1,
    U2,
    U3,
    running_gateway,
)
from tests.support.journal import DiskLimit
from tests.support.media import until
from tests.support.terminal import Peer, code_of, desk, new_id, terminal

S = AssignmentState


def order_for(target: OrderTarget, **fields: float) -> OrderIssue:
    return OrderIssue(id=new_id(), title="占道经营", target=target, deadline_at=fields.get("deadline_at"))


async def issued(officer: Peer, target: OrderTarget, **fields: float) -> OrderId:
    done = await officer.ask_for(order_for(target, **fields), Done)
    return OrderId(done.subject or "")


def advance(order_id: OrderId, state: AssignmentState, **fields: str) -> OrderAdvance:
    unit_id = fields.get("unit_id")
    return OrderAdvance(
        id=new_id(),
        order_id=order_id,
        state=state,
        unit_id=UnitId(unit_id) if unit_id else None,
        reason=fields.get("reason", ""),
    )


async def test_every_way_to_name_units(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as officer:
        await officer.subscribe()
        assert site.gateway is not None
        now = site.gateway.clock.now()
        async with terminal(site, U2) as near, terminal(site, S1) as stranger:
            for worker in (near, stranger):
                report = PositionReport(id=new_id(), fixes=(Fix(at=now, lat=23.0, lon=113.7),))
                await worker.ask_for(report, PositionTaken)
            for target, expected in (
                (UnitsTarget((U3, U1)), (U3, U1)),
                (TalkgroupTarget(NORTH_GROUP), (U1, U2, U3)),
                (JurisdictionTarget(NORTH), (U1, U2, U3)),
                (CircleTarget(lat=23.0, lon=113.7, radius_m=50.0), (U2,)),
            ):
                order_id = await issued(officer, target)
                await officer.ask_for(NoteAdd(id=new_id(), text=order_id), Done)
                await officer.event(NoteAdded, partial(_says, order_id))
                orders = {event.order.id: event.order for event in officer.events if isinstance(event, OrderIssued)}
                assert orders[order_id].unit_ids == expected
            assert len({push.order.id for push in near.all(OrderPush)}) == 3


def _says(text: str, event: NoteAdded) -> bool:
    return event.text == text


async def test_out_of_jurisdiction_is_refused_and_kept(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as officer, desk(site, ADMIN) as admin:
        await admin.subscribe()
        for target in (UnitsTarget((U1, S1)), JurisdictionTarget(SOUTH), TalkgroupTarget(SOUTH_GROUP)):
            assert code_of(await officer.ask(order_for(target))) == RefusalCode.OUT_OF_JURISDICTION
        assert code_of(await officer.ask(order_for(UnitsTarget(())))) == RefusalCode.NO_UNITS
        await officer.ask_for(NoteAdd(id=new_id(), text="end"), Done)
        await admin.event(NoteAdded)
        refused = [event for event in admin.events if isinstance(event, CommandRefused)]
        assert {(event.command_kind, event.code) for event in refused} == {("order.issue", "out_of_jurisdiction")}
        assert len(refused) == 3
        assert not [event for event in admin.events if isinstance(event, OrderIssued)]


async def test_a_neighbour_can_do_nothing_with_an_order(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path) as site,
        desk(site, NORTH_DUTY) as north,
        desk(site, SOUTH_DUTY) as south,
        terminal(site, S1) as stranger,
    ):
        order_id = await issued(north, UnitsTarget((U1,)))
        cancel = advance(order_id, S.CANCELLED, reason="r")
        assert code_of(await south.ask(cancel)) == RefusalCode.OUT_OF_JURISDICTION
        assert code_of(await south.ask(OrderRemind(id=new_id(), order_id=order_id))) == RefusalCode.OUT_OF_JURISDICTION
        assert code_of(await stranger.ask(advance(order_id, S.ACCEPTED))) == RefusalCode.NOT_FOUND
        for command in (
            OrderIssue(id=new_id(), title="x", target=UnitsTarget((S1,))),
            OrderRemind(id=new_id(), order_id=order_id),
            NoteAdd(id=new_id(), text="x"),
            LogRead(id=new_id()),
            PictureSubscribe(id=new_id()),
        ):
            assert code_of(await stranger.ask(command)) == RefusalCode.NOT_ALLOWED
        assert code_of(await north.ask(StatusSet(id=new_id(), status=UnitStatus.BUSY))) == RefusalCode.NOT_ALLOWED
        unknown = OrderId("unknown")
        assert code_of(await north.ask(advance(unknown, S.CANCELLED, reason="r"))) == RefusalCode.NOT_FOUND
        assert code_of(await north.ask(OrderRemind(id=new_id(), order_id=unknown))) == RefusalCode.NOT_FOUND


async def test_the_same_command_twice_is_one_order_and_one_answer(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site:
        command = order_for(UnitsTarget((U1,)))
        async with desk(site, NORTH_DUTY) as officer:
            first = await officer.ask(command)
        async with desk(site, NORTH_DUTY) as officer, desk(site, SOUTH_DUTY) as other:
            snapshot = await officer.subscribe()
            assert await officer.ask(command) == first
            assert code_of(await other.ask(command)) == RefusalCode.OUT_OF_JURISDICTION, "another officer's units"
            assert list(snapshot.picture.orders) == [OrderId(command.id)]
            async with terminal(site, U1) as worker:
                step = advance(OrderId(command.id), S.ACCEPTED)
                answers = [await worker.ask(step)]
                answers.append(await worker.ask(step))
                assert answers[0] == answers[1] == Done(id=step.id)
                assert code_of(await worker.ask(advance(OrderId(command.id), S.ACCEPTED))) == RefusalCode.ALREADY_DONE
            await officer.ask_for(NoteAdd(id=new_id(), text="end"), Done)
            await officer.event(NoteAdded)
            assert len([event for event in officer.events if isinstance(event, OrderAdvanced)]) == 1


async def test_two_connections_with_the_same_command_at_once(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, ADMIN) as admin:
        await admin.subscribe()
        command = NoteAdd(id=CommandId("same"), text="once")
        async with desk(site, NORTH_DUTY) as officer:
            await officer.send(command)
            await officer.send(command)
            await officer.find(lambda push: push == Done(id=command.id))
            await officer.ask_for(NoteAdd(id=new_id(), text="end"), Done)
            assert officer.all(Done).count(Done(id=command.id)) == 2
        await admin.event(NoteAdded, lambda event: event.text == "end")
        assert [event.text for event in admin.events if isinstance(event, NoteAdded)] == ["once", "end"]


async def test_an_order_waits_for_a_unit_that_is_away_and_is_pushed_until_delivered(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path, settings=Settings(push_again_s=0.05)) as site,
        desk(site, NORTH_DUTY) as officer,
    ):
        order_id = await issued(officer, UnitsTarget((U1,)))
        async with terminal(site, U1) as worker:
            for _ in range(2):
                assert (await worker.next(OrderPush)).order.id == order_id
            await worker.ask_for(advance(order_id, S.DELIVERED), Done)
        async with terminal(site, U1) as worker:
            assert (await worker.next(OrderPush)).state is S.DELIVERED, "open orders come again at each sign-in"
            for state in (S.ACCEPTED, S.COMPLETED):
                await worker.ask_for(advance(order_id, state), Done)
        async with terminal(site, U1) as worker:
            await worker.ask_for(StatusSet(id=new_id(), status=UnitStatus.BUSY), Done)
            assert not worker.all(OrderPush), "finished orders do not"


async def test_reminders_and_cancelling_reach_the_unit(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path) as site,
        desk(site, NORTH_DUTY) as officer,
        terminal(site, U1) as worker,
        terminal(site, U2) as other,
    ):
        order_id = await issued(officer, UnitsTarget((U1, U2)))
        await other.ask_for(advance(order_id, S.REFUSED, reason="ill"), Done)
        await officer.ask_for(OrderRemind(id=new_id(), order_id=order_id), Done)
        assert (await worker.next(OrderChanged)).is_reminder
        await officer.ask_for(advance(order_id, S.CANCELLED, reason="resolved"), Done)
        changed = await worker.next(OrderChanged)
        assert (changed.state, changed.reason) == (S.CANCELLED, "resolved")
        assert not [push for push in other.all(OrderChanged) if push.is_reminder or push.state is S.CANCELLED]
        assert code_of(await officer.ask(OrderRemind(id=new_id(), order_id=order_id))) == RefusalCode.ALREADY_DONE


async def test_the_order_clock_reminds_and_then_says_overdue(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path) as site,
        desk(site, NORTH_DUTY) as officer,
        terminal(site, U1) as worker,
    ):
        await officer.subscribe()
        assert site.gateway is not None
        await issued(officer, UnitsTarget((U1,)), deadline_at=site.gateway.clock.now() + 1.5)
        assert (await officer.event(OrderReminded)).unit_ids == (U1,)
        assert (await worker.next(OrderChanged)).is_reminder
        assert (await officer.event(OrderOverdue)).unit_ids == (U1,)
        kinds = [type(event) for event in officer.events if isinstance(event, OrderReminded | OrderOverdue)]
        assert kinds == [OrderReminded, OrderOverdue]


async def test_photos_travel_with_orders_and_stay_among_those_concerned(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path) as site,
        desk(site, NORTH_DUTY) as officer,
        terminal(site, U1) as worker,
        terminal(site, U2) as other,
    ):
        photo = BlobPut(id=new_id(), media_type="image/jpeg", data=b"\xff\xd8 photo")
        blob_id = BlobId((await officer.ask_for(photo, Done)).subject or "")
        page = BlobPut(id=new_id(), media_type="text/html", data=b"<script>")
        assert code_of(await officer.ask(page)) == RefusalCode.MALFORMED
        missing = OrderIssue(id=new_id(), title="x", target=UnitsTarget((U1,)), attachments=(BlobId("0" * 64),))
        assert code_of(await officer.ask(missing)) == RefusalCode.NOT_FOUND
        command = OrderIssue(id=new_id(), title="x", target=UnitsTarget((U1,)), attachments=(blob_id,))
        order_id = OrderId((await officer.ask_for(command, Done)).subject or "")
        content = await worker.ask_for(BlobGet(id=new_id(), blob_id=blob_id), BlobContent)
        assert (content.data, content.media_type) == (photo.data, "image/jpeg")
        assert code_of(await other.ask(BlobGet(id=new_id(), blob_id=blob_id))) == RefusalCode.NOT_FOUND
        proof = BlobPut(id=new_id(), media_type="image/png", data=b"done")
        proof_id = BlobId((await worker.ask_for(proof, Done)).subject or "")
        wrong = OrderAdvance(id=new_id(), order_id=order_id, state=S.ACCEPTED, attachments=(BlobId("0" * 64),))
        assert code_of(await worker.ask(wrong)) == RefusalCode.NOT_FOUND
        right = OrderAdvance(id=new_id(), order_id=order_id, state=S.ACCEPTED, attachments=(proof_id,))
        await worker.ask_for(right, Done)
        for reader in (worker, officer):
            await reader.ask_for(BlobGet(id=new_id(), blob_id=proof_id), BlobContent)
        assert code_of(await officer.ask(BlobGet(id=new_id(), blob_id=BlobId("../x")))) == RefusalCode.NOT_FOUND
        snapshot = await officer.subscribe()
        map_id = snapshot.picture.map_blob_id
        assert map_id is not None
        whole = await other.ask_for(BlobGet(id=new_id(), blob_id=map_id), BlobContent)
        part = await other.ask_for(BlobGet(id=new_id(), blob_id=map_id, offset_bytes=2, limit_bytes=5), BlobContent)
        assert (part.data, part.total_bytes, whole.total_bytes) == (whole.data[2:7], len(whole.data), None)


async def test_when_a_worker_did_it_is_believed_only_within_reason(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as officer, terminal(site, U1) as worker:
        assert site.gateway is not None
        order_id = await issued(officer, UnitsTarget((U1,)))
        now = site.gateway.clock.now()
        times = {S.DELIVERED: now - 86_400, S.READ: now + 3600, S.ACCEPTED: now}
        for state, at in times.items():
            await worker.ask_for(OrderAdvance(id=new_id(), order_id=order_id, state=state, occurred_at=at), Done)
        timeline = site.gateway.picture.orders[order_id].timeline
        assert [abs(step.at - now) < 30 for step in timeline] == [True] * 4


async def test_status_affiliation_and_the_log(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as officer, terminal(site, U1) as worker:
        await officer.subscribe()
        for status in (UnitStatus.BUSY, UnitStatus.BUSY):
            await worker.ask_for(StatusSet(id=new_id(), status=status), Done)
        offline = StatusSet(id=new_id(), status=UnitStatus.OFFLINE)
        assert code_of(await worker.ask(offline)) == RefusalCode.NOT_ALLOWED
        await worker.ask_for(AffiliationSet(id=new_id(), talkgroup_ids=(SOUTH_GROUP, NORTH_GROUP)), Done)
        assert site.gateway is not None
        assert site.gateway.picture.units[U1].affiliated == (SOUTH_GROUP, NORTH_GROUP)
        await officer.ask_for(AffiliationSet(id=new_id(), talkgroup_ids=(NORTH_GROUP,)), Done)
        assert [session.is_desk for session in site.gateway.sessions.in_talkgroup(NORTH_GROUP)] == [True, False]
        foreign = AffiliationSet(id=new_id(), talkgroup_ids=(SOUTH_GROUP,))
        assert code_of(await officer.ask(foreign)) == RefusalCode.OUT_OF_JURISDICTION
        async with terminal(site, U2) as other:
            assert code_of(await other.ask(foreign)) == RefusalCode.NOT_FOUND
        unknown = AffiliationSet(id=new_id(), talkgroup_ids=(type(SOUTH_GROUP)("none"),))
        assert code_of(await officer.ask(unknown)) == RefusalCode.NOT_FOUND
        await officer.ask_for(NoteAdd(id=new_id(), text="交接"), Done)
        page = await officer.ask_for(LogRead(id=new_id(), limit=2), LogPage)
        assert isinstance(page.events[-1].event, NoteAdded | CommandRefused)
        assert page.has_more
        first = await officer.ask_for(LogRead(id=new_id(), before_seq=3), LogPage)
        assert ([item.seq for item in first.events], first.has_more) == ([1, 2], False)
        assert len([event for event in officer.events if isinstance(event, UnitStatusChanged)]) == 1


@pytest.mark.allow_warnings
async def test_a_full_disk_sends_no_order_tells_the_desks_and_recovers(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path) as site,
        desk(site, NORTH_DUTY) as officer,
        terminal(site, U1) as worker,
    ):
        assert site.gateway is not None
        journal = site.gateway.journal
        await officer.subscribe()
        disk = DiskLimit(journal.database)
        recovered = asyncio.Event()
        journal.on.recovered.append(recovered.set)
        disk.fill()
        big = OrderIssue(id=new_id(), title="x", text="长" * 3900, target=UnitsTarget((U1,)))
        assert code_of(await officer.ask(big)) == RefusalCode.STORE_FAILED
        await officer.next(Refused, lambda push: push.id == "")
        assert code_of(await officer.ask(big)) == RefusalCode.STORE_FAILED
        now = site.gateway.clock.now()
        report = PositionReport(id=new_id(), fixes=(Fix(at=now, lat=23.0, lon=113.7),))
        assert (await worker.ask_for(report, PositionTaken)).taken == 1, "what needs no disk goes on"
        async with terminal(site, U2):
            pass
        async with terminal(site, U3):
            assert not worker.all(OrderPush)
            disk.free()
            await asyncio.wait_for(recovered.wait(), 40)
            await officer.ask_for(big, Done)
            assert (await worker.next(OrderPush)).order.id == OrderId(big.id)
            await until(lambda: journal.picture.seq == journal.durable.seq)  # alarms are written behind
            assert journal.picture == journal.durable
            online = [unit_id for unit_id, unit in journal.picture.units.items() if unit.is_online]
            assert online == [U1, U3], "who came while nothing could be written is recorded when it can"


async def test_no_terminal_fills_the_disk_with_photos(tmp_path: Path) -> None:
    limits = Settings(blob_rate_bytes=10.0, blob_burst_bytes=100.0)
    async with running_gateway(tmp_path, settings=limits) as site, terminal(site, U1) as worker:
        await worker.ask_for(BlobPut(id=new_id(), media_type="image/jpeg", data=b"x" * 90), Done)
        refused = await worker.ask_for(BlobPut(id=new_id(), media_type="image/jpeg", data=b"y" * 90), Refused)
        assert refused.code is RefusalCode.TRY_LATER
        assert refused.retry_after_s is not None
        assert 1 < refused.retry_after_s <= 9
        await worker.ask_for(BlobPut(id=new_id(), media_type="image/jpeg", data=b"z"), Done)
