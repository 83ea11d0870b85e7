"""A trainer speaks as somebody else: his desk's voice is heard as that one's, and the record says whose it was."""

from pathlib import Path

from comms.domain import drill_events as dr
from comms.domain.events import CallEnded, CallStarted, RecordingSaved, TalkEnded, TalkStarted
from comms.domain.ids import OfficerId, TalkgroupId, UnitId
from comms.drill.director import Director
from comms.protocol import drill_commands as dc
from comms.protocol.commands import CallAnswer, CallPlace
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import CallConnected, CallFinished, CallRinging, Done, FloorTaken
from tests.support.air import OnAir, desk_on_air
from tests.support.drill_run import heard, site_of
from tests.support.media import until
from tests.support.terminal import code_of, new_id

TRAINER, TRAINEE, OBSERVER = OfficerId("trainer"), OfficerId("duty"), OfficerId("observer")
GROUP = TalkgroupId("town")


def _scout(director: Director) -> UnitId:
    return director.foreseen.units("scout")[0]


async def _act(at: OnAir, who: str, **more: object) -> str | None:
    answer = await at.peer.ask_for(dc.DrillAct(id=new_id(), who=who, **more), Done)  # type: ignore[arg-type]  # any field
    return answer.subject


async def _refused(at: OnAir, who: str, **more: object) -> str:
    return code_of(await at.peer.ask(dc.DrillAct(id=new_id(), who=who, **more)))  # type: ignore[arg-type]  # any field


async def test_the_trainer_is_heard_as_the_unit_and_the_record_says_who_it_was(tmp_path: Path) -> None:
    async with heard(tmp_path) as director:
        site = site_of(director)
        async with desk_on_air(site, TRAINER, GROUP) as trainer, desk_on_air(site, TRAINEE, GROUP) as trainee:
            assert await _refused(trainer, "scout") == RefusalCode.WRONG_STATE, "it has not begun"
            await director.begin(director.trainer)
            trainer.say("nobody hears this")
            scout = _scout(director)
            assert await _act(trainer, "scout", talkgroup_id=GROUP) == scout
            taken = await trainee.peer.next(FloorTaken)
            assert taken.talker == f"unit:{scout}"
            trainer.say("one", "two", "three")
            await trainee.hears("three")
            assert trainee.heard() == ["one", "two", "three"]
            assert trainer.heard() == [], "his own voice does not come back"
            assert await _refused(trainer, "crew", talkgroup_id=GROUP) == RefusalCode.WRONG_STATE
            trainer.say("last")
            await trainer.peer.ask_for(dc.DrillActEnd(id=new_id()), Done)
            await trainee.hears("last")
            started = await trainee.peer.event(TalkStarted)
            saved = await trainee.peer.event(RecordingSaved)
            assert (saved.talker, saved.burst_id) == (f"unit:{scout}", started.burst_id)
            assert saved.duration_s > 0.07
            acted, ended = await trainer.peer.event(dr.DrillActed), await trainer.peer.event(dr.DrillActEnded)
            assert (acted.unit_id, acted.role, acted.talkgroup_id) == (scout, "scout", GROUP)
            assert (ended.unit_id, ended.end) == (scout, dr.ActEnd.RELEASED)
            actors = [item.actor for item in trainer.peer.recorded if isinstance(item.event, dr.DrillActed)]
            assert actors == ["officer:trainer"]
            assert not [each for each in trainee.peer.events if isinstance(each, dr.DrillActed | dr.DrillActEnded)]
            trainer.say("too late")
            assert code_of(await trainer.peer.ask(dc.DrillActEnd(id=new_id()))) == RefusalCode.WRONG_STATE
            assert await _act(trainer, "scout") == scout, "and again, on its own talkgroup"


async def test_what_cannot_be_is_refused_and_leaves_nothing_behind(tmp_path: Path) -> None:
    async with heard(tmp_path) as director:
        site = site_of(director)
        async with desk_on_air(site, TRAINER, GROUP) as trainer, desk_on_air(site, TRAINEE, GROUP) as trainee:
            await director.begin(director.trainer)
            assert await _refused(trainee, "scout") == RefusalCode.NOT_ALLOWED
            assert await _refused(trainer, "nobody") == RefusalCode.NOT_FOUND
            assert await _refused(trainer, "citizen", talkgroup_id=GROUP) == RefusalCode.NOT_FOUND
            assert await _refused(trainer, "scout", talkgroup_id=TalkgroupId("none")) == RefusalCode.NOT_FOUND
            await trainee.take_floor(GROUP, is_emergency=True)
            assert await _refused(trainer, "scout", talkgroup_id=GROUP) == RefusalCode.BUSY
            await trainee.release(GROUP)
            director.site.fleet.terminal(_scout(director)).lose_network(600.0)
            assert await _refused(trainer, "scout", talkgroup_id=GROUP) == RefusalCode.UNREACHABLE
            assert not director.story.people.speaking.acted
        async with desk_on_air(site, TRAINER, GROUP, connects=False) as mute:
            assert await _refused(mute, "scout") == RefusalCode.NO_MEDIA


async def test_a_floor_taken_back_and_a_lost_trainer_end_it(tmp_path: Path) -> None:
    async with heard(tmp_path) as director:
        site = site_of(director)
        async with desk_on_air(site, OBSERVER, GROUP) as observer:
            await director.begin(director.trainer)
            async with desk_on_air(site, TRAINER, GROUP) as trainer:
                await _act(trainer, "scout", talkgroup_id=GROUP)
                trainer.say("hello")
                await observer.hears("hello")
                await observer.take_floor(GROUP, is_emergency=True)
                ended = await observer.peer.event(dr.DrillActEnded)
                assert ended.end is dr.ActEnd.REVOKED
                await observer.release(GROUP)
                await _act(trainer, "scout", talkgroup_id=GROUP)
                trainer.say("again")
                await observer.hears("again")
            lost = await observer.peer.event(dr.DrillActEnded, lambda event: event.end is dr.ActEnd.LOST)
            assert lost.unit_id == _scout(director)
            await until(lambda: len([each for each in observer.peer.events if isinstance(each, TalkEnded)]) >= 3)
            assert not director.story.people.speaking.acted


async def test_a_citizen_is_acted_on_the_telephone_and_hung_up(tmp_path: Path) -> None:
    async with heard(tmp_path) as director:
        site = site_of(director)
        async with desk_on_air(site, TRAINER) as trainer, desk_on_air(site, TRAINEE) as trainee:
            await director.begin(director.trainer)
            call_id = await _act(trainer, "citizen", is_in_call=True)
            ringing = await trainee.peer.next(CallRinging)
            assert ringing.call.id == call_id
            await trainee.peer.ask_for(CallAnswer(id=new_id(), call_id=ringing.call.id), Done)
            await trainee.peer.next(CallConnected)
            line = director.site.fleet.terminal(UnitId("drill-hotline-1"))
            await until(lambda: line.calling.is_connected)
            trainer.say("my house burns")
            await trainee.hears("my house burns")
            await trainer.peer.ask_for(dc.DrillActEnd(id=new_id()), Done)
            assert await _act(trainer, "citizen", is_in_call=True) == call_id, "the same call goes on"
            trainer.say("come quickly")
            await trainee.hears("come quickly")
            await trainer.peer.ask_for(dc.DrillActEnd(id=new_id(), is_hung_up=True), Done)
            await trainee.peer.next(CallFinished)
            calls = [each.call.caller for each in trainee.peer.events if isinstance(each, CallStarted)]
            assert calls == ["unit:drill-hotline-1"]


async def test_a_unit_that_is_called_is_answered_for(tmp_path: Path) -> None:
    async with heard(tmp_path) as director:
        site = site_of(director)
        async with desk_on_air(site, TRAINER) as trainer, desk_on_air(site, TRAINEE) as trainee:
            await director.begin(director.trainer)
            scout = _scout(director)
            director.site.fleet.terminal(scout).calling.is_deaf = True
            placed = await trainee.peer.ask_for(CallPlace(id=new_id(), unit_id=scout), Done)
            await until(lambda: director.site.fleet.terminal(scout).calling.is_rung)
            assert await _act(trainer, scout, is_in_call=True) == placed.subject
            await trainee.peer.next(CallConnected)
            await until(lambda: director.site.fleet.terminal(scout).calling.is_connected)
            trainer.say("scout here")
            await trainee.hears("scout here")
            await director.site.fleet.terminal(scout).calling.hang_up()
            await trainee.peer.event(CallEnded)
            ended = await trainer.peer.event(dr.DrillActEnded)
            assert ended.end is dr.ActEnd.HUNG_UP
