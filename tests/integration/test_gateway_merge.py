"""Incidents merged, taken out and acknowledged over real sockets: who may, once only, and still so after a restart."""

from pathlib import Path
from typing import Any

import msgspec

from comms.domain.events import IncidentClosed
from comms.domain.hub_events import IncidentAcknowledged, IncidentMerged, IncidentUnmerged
from comms.domain.ids import IncidentId, OrderId, officer_party
from comms.domain.incident import IncidentOutcome
from comms.domain.merge import Ground, Reason
from comms.domain.order import Place, UnitsTarget
from comms.protocol.commands import OrderIssue
from comms.protocol.errors import RefusalCode as R
from comms.protocol.hub_commands import IncidentAcknowledge, IncidentMerge, IncidentUnmerge, MergePart
from comms.protocol.incident_commands import IncidentClose, IncidentLinkOrder, IncidentReport
from comms.protocol.pushes import Done, Refused
from tests.support.gateway import NORTH_DUTY, SOUTH_DUTY, U1, running_gateway
from tests.support.terminal import Peer, desk, new_id, terminal

HERE = Place(lat=23.0, lon=113.7, text="莲塘路 12 号")
REASONS = (Reason(Ground.PLACE, 8.0), Reason(Ground.SAME_KIND, 1.0))


async def report(peer: Peer) -> IncidentId:
    done = await peer.ask_for(IncidentReport(id=new_id(), incident_kind="井盖缺失", place=HERE), Done)
    return IncidentId(done.subject or "")


async def refusal(peer: Peer, command: Any) -> R:
    return (await peer.ask_for(msgspec.structs.replace(command, id=new_id()), Refused)).code


async def do(peer: Peer, command: Any) -> Done:
    return await peer.ask_for(msgspec.structs.replace(command, id=new_id()), Done)


async def test_merged_refused_wherever_it_must_be_and_brought_back(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path) as site,
        desk(site, NORTH_DUTY) as officer,
        desk(site, SOUTH_DUTY) as stranger,
        terminal(site, U1) as worker,
    ):
        assert site.gateway is not None
        await officer.subscribe()
        main, other = await report(worker), await report(worker)
        command = IncidentMerge(
            id=new_id(), incident_id=main, parts=(MergePart(incident_id=other, reasons=REASONS),), words="同一井盖"
        )
        unmerge = IncidentUnmerge(id=new_id(), incident_id=other, words="不是同一个")
        noted = IncidentAcknowledge(id=new_id(), incident_id=main)
        for peer, code in ((stranger, R.OUT_OF_JURISDICTION), (worker, R.NOT_ALLOWED)):
            for wrong in (command, unmerge, noted):
                assert await refusal(peer, wrong) is code
        itself = (MergePart(incident_id=main),)
        nobody = (MergePart(incident_id=IncidentId("no")),)
        assert await refusal(officer, unmerge) is R.ALREADY_DONE
        assert await refusal(officer, msgspec.structs.replace(command, parts=itself)) is R.SAME_INCIDENT
        assert await refusal(officer, msgspec.structs.replace(command, parts=nobody)) is R.NOT_FOUND
        for wrong in (unmerge, noted):
            assert await refusal(officer, msgspec.structs.replace(wrong, incident_id=IncidentId("no"))) is R.NOT_FOUND
        for _ in range(2):  # sent again, it has no second effect
            assert (await officer.ask_for(command, Done)).subject == main
        event = await officer.event(IncidentMerged)
        assert (event.incident_id, event.into, event.reasons, event.words) == (other, main, REASONS, "同一井盖")
        assert site.gateway.picture.incidents.states[main].merged_ids == (other,)
        order = OrderIssue(id=new_id(), title="补盖", target=UnitsTarget((U1,)))
        done = await do(officer, order)
        link = IncidentLinkOrder(id=new_id(), incident_id=other, order_id=OrderId(done.subject or ""))
        close = IncidentClose(id=new_id(), incident_id=other, outcome=IncidentOutcome.HANDLED)
        for mistaken in (command, close, link, msgspec.structs.replace(order, incident_id=other)):
            assert await refusal(officer, mistaken) is R.INCIDENT_MERGED
        turned = msgspec.structs.replace(command, incident_id=await report(worker), parts=itself)
        assert await refusal(officer, turned) is R.MERGES_OTHERS
        await do(officer, unmerge)
        assert (await officer.event(IncidentUnmerged)).words == "不是同一个"
        assert site.gateway.picture.incidents.states[other].stands
        await do(officer, close)
        for wrong in (command, unmerge, msgspec.structs.replace(noted, incident_id=other)):
            assert await refusal(officer, wrong) is R.INCIDENT_CLOSED


async def test_what_was_merged_and_acknowledged_is_so_after_a_restart_and_ends_with_its_main_one(
    tmp_path: Path,
) -> None:
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as officer, terminal(site, U1) as worker:
        assert site.gateway is not None
        main, *others = [await report(worker) for _ in range(3)]
        parts = tuple(MergePart(incident_id=one) for one in others)
        await officer.ask_for(IncidentMerge(id=new_id(), incident_id=main, parts=parts), Done)
        noted = IncidentAcknowledge(id=new_id(), incident_id=main)
        seqs = []
        for _ in range(2):
            await do(officer, noted)
            seqs.append(site.gateway.picture.seq)
        assert seqs[0] == seqs[1], "a quiet no-op"
        before, codes = site.gateway.picture.incidents, site.codes
    async with running_gateway(tmp_path, codes=codes) as site, desk(site, NORTH_DUTY) as officer:
        assert site.gateway is not None
        assert site.gateway.picture.incidents == before
        await officer.subscribe()
        seen = site.gateway.picture.incidents.states[main].acknowledged
        assert seen is not None
        assert seen.by == officer_party(NORTH_DUTY)
        await do(officer, IncidentUnmerge(id=new_id(), incident_id=others[1]))
        await do(officer, IncidentClose(id=new_id(), incident_id=main, outcome=IncidentOutcome.PASSED_ON, note="已转"))
        closed = await officer.event(IncidentClosed, lambda event: event.incident_id == others[0])
        assert (closed.outcome, closed.note) == (
            IncidentOutcome.PASSED_ON,
            f"closed with the main incident {main[:8].upper()}: 已转",
        )
        assert [state.incident.id for state in site.gateway.picture.incidents.open()] == [others[1]]
        assert not [event for event in officer.events if isinstance(event, IncidentAcknowledged)]
