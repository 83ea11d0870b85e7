"""呼救 without signing in: off unless the site allows it; where it does, it rings until an officer has taken note."""

from pathlib import Path

from comms.domain.alarm import AlarmKind, AlarmPhase
from comms.domain.events import AlarmRaised, CommandRefused, IncidentReported
from comms.domain.ids import IncidentId
from comms.domain.order import OrderPriority, Place
from comms.gateway.help import BURST
from comms.gateway.settings import Settings
from comms.protocol.commands import Ping
from comms.protocol.errors import RefusalCode
from comms.protocol.help_commands import HelpCall
from comms.protocol.hub_commands import IncidentAcknowledge
from comms.protocol.incident_commands import IncidentReport
from comms.protocol.pushes import Done, Refused
from comms.protocol.version import PROTOCOL_VERSION
from tests.support.gateway import ADMIN, CITY, NORTH_DUTY, U1, running_gateway
from tests.support.terminal import code_of, desk, new_id, peer, terminal


def call(**more: object) -> HelpCall:
    fields = {"id": new_id(), "protocol": PROTOCOL_VERSION, "text": "老人摔倒", "contact": "13800000000"} | more
    return HelpCall(**fields)  # type: ignore[arg-type]  # fields by name


async def test_it_is_off_unless_the_site_allows_it(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, ADMIN) as officer, peer(site) as stranger:
        await officer.subscribe()
        assert code_of(await stranger.ask(call())) == RefusalCode.NOT_SIGNED_IN
        assert await officer.event(CommandRefused) == CommandRefused(command_kind="help.call", code="not_signed_in")
        assert site.gateway is not None
        assert not site.gateway.picture.incidents.states


async def test_it_rings_until_an_officer_takes_note(tmp_path: Path) -> None:
    allowed = Settings(is_help_open=True)
    async with (
        running_gateway(tmp_path, settings=allowed) as site,
        desk(site, ADMIN) as officer,
        desk(site, NORTH_DUTY) as north,
        peer(site) as stranger,
        terminal(site, U1) as worker,
    ):
        gateway = site.gateway
        assert gateway is not None
        await officer.subscribe()
        command = call()
        answer = await stranger.ask_for(command, Done)
        again = await stranger.ask_for(command, Done)
        assert answer.subject == again.subject == command.id, "sent again it is the same call"
        incident = (await officer.event(IncidentReported)).incident
        assert (str(incident.id), incident.jurisdiction_id) == (command.id, CITY)
        assert (incident.priority, incident.source) == (OrderPriority.CRITICAL, "127.0.0.1")
        assert incident.place.text == "位置不明，请先联系呼救人"
        assert "13800000000；老人摔倒" in incident.text
        alarm = (await officer.event(AlarmRaised)).alarm
        assert (alarm.kind, alarm.source, alarm.jurisdiction_id) == (
            AlarmKind.HELP_CALLED,
            "address:127.0.0.1",
            CITY,
        )
        gateway.alarms._look_round()
        assert gateway.picture.alarms.states[alarm.id].phase is AlarmPhase.ACTIVE, "it holds by the picture"
        note = IncidentAcknowledge(id=new_id(), incident_id=IncidentId(command.id))
        assert code_of(await north.ask(note)) == RefusalCode.OUT_OF_JURISDICTION
        await officer.ask_for(note, Done)
        gateway.alarms._look_round()
        assert gateway.picture.alarms.states[alarm.id].phase is AlarmPhase.RETURNED
        assert code_of(await worker.ask(call())) == RefusalCode.WRONG_STATE, "who has signed in has his own ways"


async def test_few_get_through_and_none_that_is_wrong(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, settings=Settings(is_help_open=True)) as site, peer(site) as stranger:
        assert site.gateway is not None
        wrong = (
            (call(protocol=PROTOCOL_VERSION + 1), RefusalCode.WRONG_VERSION),
            (call(place=Place(lat=91.0, lon=113.7)), RefusalCode.POSITION_OUT_OF_RANGE),
            (call(place=Place(lat=23.0, lon=1e300)), RefusalCode.POSITION_OUT_OF_RANGE),
        )
        for command, code in wrong:
            assert code_of(await stranger.ask(command)) == code
        first = call(place=Place(lat=23.0, lon=113.7, text="东门"))
        await stranger.ask_for(first, Done)
        for _ in range(int(BURST) - 1):
            await stranger.ask_for(call(), Done)
        later = await stranger.ask_for(call(), Refused)
        assert later.code is RefusalCode.TRY_LATER
        assert later.retry_after_s is not None
        assert 0 < later.retry_after_s <= 60
        async with peer(site) as other:
            assert code_of(await other.ask(call())) == RefusalCode.TRY_LATER, "the address counts, not the connection"
        assert len(site.gateway.picture.incidents.states) == BURST
        assert len(site.gateway.picture.alarms.states) == 1, "one alarm of one address"
        assert code_of(await stranger.ask(Ping(id=new_id()))) == RefusalCode.NOT_SIGNED_IN


async def test_anothers_id_is_refused(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path, settings=Settings(is_help_open=True)) as site,
        desk(site, NORTH_DUTY) as officer,
        peer(site) as stranger,
    ):
        report = IncidentReport(id=new_id(), incident_kind="火情", place=Place(lat=23.0, lon=113.7))
        await officer.ask_for(report, Done)
        assert code_of(await stranger.ask(call(id=report.id))) == RefusalCode.NOT_ALLOWED
