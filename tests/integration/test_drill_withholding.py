"""What trainees may not hear reaches none of them: over the real socket, in events, snapshots and pages of the log."""

from pathlib import Path

import msgspec

from comms.domain import drill_events as dr
from comms.domain.events import Recorded
from comms.domain.ids import OfficerId
from comms.domain.picture import Picture
from comms.drill.director import Director
from comms.drill.headless import run_headless
from comms.protocol import drill_commands as dc
from comms.protocol.commands import Command, LogRead, PictureSubscribe
from comms.protocol.duty_commands import LogSpan
from comms.protocol.pushes import Done, EventPush, LogPage, PictureResumed, PictureSnapshot
from tests.support.drill_run import desk_at, directed
from tests.support.terminal import Peer, new_id

TRAINER, TRAINEE, OBSERVER, LATE = OfficerId("trainer"), OfficerId("duty"), OfficerId("observer"), OfficerId("v01")
SECRETS = ("慢了半拍", "时间不够", "改进通报流程", "评得很低", "scout", "sulky")
"""Of a private note, a skipped inject, an improvement, a rating, and of the cast."""
SHOWN = "大家看这里"


async def _do(at: Peer, command: Command) -> None:
    await at.ask_for(command, Done)


async def _direct(trainer: Peer, director: Director) -> None:
    """A drill with everything that is the trainer's alone, and one note that is not."""
    await _do(trainer, dc.DrillBegin(id=new_id()))
    await _do(trainer, dc.DrillNote(id=new_id(), text=SECRETS[0]))
    await _do(trainer, dc.DrillNote(id=new_id(), text=SHOWN, is_shown=True))
    await _do(trainer, dc.DrillSkip(id=new_id(), inject_id="closed", reason=SECRETS[1]))
    await _do(trainer, dc.DrillDelay(id=new_id(), inject_id="crowd", by_s=60.0))
    await _do(trainer, dc.DrillFire(id=new_id(), inject_id="extra"))
    await _do(trainer, dc.DrillRate(id=new_id(), objective="send", rating=dr.Rating.U, words=SECRETS[3]))
    raised = dr.ImprovementRaised(improvement_id="i1", text=SECRETS[2], owner="班长", due="2026-07-01")
    await director.site.gateway.record(director.trainer, [raised])
    await _do(trainer, dc.DrillPause(id=new_id(), is_frozen=True))


def _told(at: Peer) -> list[Recorded]:
    return [push.recorded for push in at.pushes if isinstance(push, EventPush)]


def _folded(at: Peer) -> Picture:
    """The first snapshot, and every event after it, as a desk folds them."""
    first = next(push for push in at.pushes if isinstance(push, PictureSnapshot))
    picture = msgspec.msgpack.decode(msgspec.msgpack.encode(first.picture), type=Picture)
    for recorded in _told(at):
        if recorded.seq > picture.seq:
            assert recorded.seq == picture.seq + 1, "no gap"
            picture.apply(recorded)
    return picture


async def _snapshot(director: Director, officer: OfficerId) -> tuple[Picture, str]:
    async with desk_at(director, officer) as at:
        (push,) = (each for each in at.pushes if isinstance(each, PictureSnapshot))
        return push.picture, "".join(at.texts)


async def _pages(at: Peer) -> list[Recorded]:
    whole = await at.ask_for(LogRead(id=new_id(), limit=500), LogPage)
    span = await at.ask_for(LogSpan(id=new_id(), from_at=0.0, until_at=2e10, after_seq=0, limit=500), LogPage)
    assert [each.seq for each in span.events] == [each.seq for each in whole.events]
    return [*whole.events, *span.events]


def test_trainees_are_told_nothing_of_the_story_and_the_trainer_all(tmp_path: Path) -> None:
    async def main() -> None:
        async with directed(tmp_path) as director, desk_at(director, TRAINER) as trainer:
            async with desk_at(director, TRAINEE) as trainee, desk_at(director, LATE) as late:
                await _direct(trainer, director)
                for at in (trainee, late):
                    await at.event(dr.DrillPaused)
                    before = _told(at)[0].seq - 1
                    again = await at.ask_for(PictureSubscribe(id=new_id(), after_seq=before), PictureResumed)
                    assert again.after_seq == before
                    pages = await _pages(at)
                    said = "".join(at.texts)
                    assert SHOWN in said
                    for secret in SECRETS:
                        assert f'"{secret}"' not in said
                        assert secret not in "".join(map(repr, pages))
                    for kind in ("inject_", "rated", "improvement"):
                        assert f'"kind":"drill.{kind}' not in said
                    picture, text = await _snapshot(director, TRAINEE)
                    folded = _folded(at)
                    assert folded.drill == picture.drill, "resync and events agree"
                    assert folded.seq == picture.seq
                    for secret in SECRETS:
                        assert f'"{secret}"' not in text
            whole = "".join(trainer.texts)
            for secret in SECRETS:
                assert secret in whole
            picture, _ = await _snapshot(director, OBSERVER)
            assert picture.drill == director.site.gateway.picture.drill
            assert _folded(trainer).drill == picture.drill
            assert not any(isinstance(each.event, dr.DrillWithheld) for each in await _pages(trainer))

    run_headless(main)


def test_who_sits_down_to_observe_is_shown_what_was_before(tmp_path: Path) -> None:
    async def main() -> None:
        async with (
            directed(tmp_path) as director,
            desk_at(director, TRAINER) as trainer,
            desk_at(director, LATE) as late,
        ):
            await _direct(trainer, director)
            await late.event(dr.DrillPaused)
            await _do(late, dc.DrillJoin(id=new_id(), role="watcher"))
            snapshot = await late.find(lambda push: isinstance(push, PictureSnapshot) and push.id == "")
            assert isinstance(snapshot, PictureSnapshot)
            assert snapshot.picture.drill == director.site.gateway.picture.drill
            await _do(trainer, dc.DrillNote(id=new_id(), text="再记一笔"))
            assert (await late.event(dr.DrillNoted, lambda event: event.text == "再记一笔")).is_shown is False
            joined = next(each.seq for each in _told(late) if isinstance(each.event, dr.DrillJoined))
            answer = await late.ask(PictureSubscribe(id=new_id(), after_seq=joined - 1))
            assert isinstance(answer, PictureSnapshot), "what it held was another's"

    run_headless(main)
