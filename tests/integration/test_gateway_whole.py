"""One order from desk to terminal and back, with positions and events on the way, over real sockets."""

from pathlib import Path

import numpy as np

from comms.domain.events import OrderAdvanced, TerminalConnected, UnitStatusChanged
from comms.domain.ids import OrderId
from comms.domain.order import AssignmentState, UnitsTarget
from comms.domain.position import Fix
from comms.domain.unit import UnitStatus
from comms.protocol.commands import OrderAdvance, OrderIssue, PositionReport
from comms.protocol.frames import decode_positions
from comms.protocol.pushes import Done, OrderChanged, OrderPush, PositionTaken
from tests.support.gateway import NORTH_DUTY, S1, U1, U2, U3, running_gateway
from tests.support.terminal import desk, new_id, terminal

S = AssignmentState


async def test_an_order_goes_out_and_comes_back_done(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as officer:
        snapshot = await officer.subscribe()
        assert set(snapshot.picture.units) == {U1, U2, U3, S1}
        async with terminal(site, U1) as worker:
            assert (await officer.event(TerminalConnected)).unit_id == U1
            command = OrderIssue(id=new_id(), title="占道经营", target=UnitsTarget((U1,)))
            done = await officer.ask_for(command, Done)
            order_id = OrderId(done.subject or "")
            pushed = await worker.next(OrderPush)
            assert (pushed.order.id, pushed.state, pushed.issued_by_name) == (order_id, S.ISSUED, "北镇值班员")
            for state in (S.DELIVERED, S.READ, S.ACCEPTED, S.EN_ROUTE, S.ON_SCENE, S.COMPLETED):
                await worker.ask_for(OrderAdvance(id=new_id(), order_id=order_id, state=state), Done)
                assert (await worker.next(OrderChanged)).state is state
            verify = OrderAdvance(id=new_id(), order_id=order_id, state=S.VERIFIED, unit_id=U1)
            await officer.ask_for(verify, Done)
            assert (await worker.next(OrderChanged)).state is S.VERIFIED
            await officer.event(UnitStatusChanged, lambda event: event.status is UnitStatus.AVAILABLE)
            await officer.event(OrderAdvanced, lambda event: event.state is S.VERIFIED)
            advanced = [event.state for event in officer.events if isinstance(event, OrderAdvanced)]
            assert advanced == [S.DELIVERED, S.READ, S.ACCEPTED, S.EN_ROUTE, S.ON_SCENE, S.COMPLETED, S.VERIFIED]
            statuses = [event.status for event in officer.events if isinstance(event, UnitStatusChanged)]
            assert statuses == [
                UnitStatus.DISPATCHED,
                UnitStatus.EN_ROUTE,
                UnitStatus.ON_SCENE,
                UnitStatus.AVAILABLE,
            ]


async def test_positions_reach_a_subscribed_desk_as_frames(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path) as site,
        desk(site, NORTH_DUTY) as officer,
        terminal(site, U1) as worker,
    ):
        assert site.gateway is not None
        now = site.gateway.clock.now()
        await officer.subscribe()
        fix = Fix(at=now, lat=22.95, lon=113.75, accuracy_m=8.0, heading_deg=90.0, battery_pct=70)
        taken = await worker.ask_for(PositionReport(id=new_id(), fixes=(fix,)), PositionTaken)
        assert taken.taken == 1
        columns = decode_positions(await officer.frame())
        assert list(columns.no) == [1]
        np.testing.assert_allclose((columns.lat[0], columns.lon[0]), (22.95, 113.75), atol=1e-7)
