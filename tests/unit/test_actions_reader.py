"""Reading the picture: resumed when it can be, whole when not, with map and log."""

import msgspec
import pytest

from comms.domain import events as ev
from comms.domain.ids import BlobId, CommandId
from comms.domain.picture import Picture
from comms.protocol import commands as cmd
from comms.protocol import pushes
from comms.protocol.area import MEDIA_TYPE, Area, encode_area
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Push, Refused
from console.session import reader
from console.session.reader import PictureReader
from tests.unit.test_actions_session import event, seqs

AREA = Area(name="镇", bounds=(22.0, 113.0, 23.0, 114.0))
NO = Refused(code=RefusalCode.NOT_FOUND, text="")


def snapshot(seq: int, blob_id: str | None = None) -> pushes.PictureSnapshot:
    picture = Picture(seq=seq, map_blob_id=BlobId(blob_id) if blob_id else None)
    return pushes.PictureSnapshot(id=CommandId("p"), picture=picture)


def resumed(after_seq: int) -> pushes.PictureResumed:
    return pushes.PictureResumed(id=CommandId("p"), after_seq=after_seq)


class Gateway:
    def __init__(self, *answers: Push) -> None:
        self.answers = list(answers)
        self.blob: bytes | None = encode_area(AREA)
        self.asked: list[cmd.Command] = []

    async def request(self, command: cmd.Command) -> Push:
        self.asked.append(command)
        match command:
            case cmd.PictureSubscribe():
                return self.answers.pop(0)
            case cmd.BlobGet() if self.blob is not None:
                end = command.offset_bytes + command.limit_bytes if command.limit_bytes is not None else None
                return pushes.BlobContent(
                    id=command.id,
                    blob_id=command.blob_id,
                    media_type=MEDIA_TYPE,
                    data=self.blob[command.offset_bytes : end],
                    total_bytes=len(self.blob),
                )
            case cmd.LogRead():
                return pushes.LogPage(id=command.id, events=())
            case _:
                return NO

    async def request_durable(self, command: cmd.Command) -> Push:
        raise NotImplementedError


class Desk:
    def __init__(self, *answers: Push) -> None:
        self.gateway = Gateway(*answers)
        self.put: list[Push | Area] = []
        self.reader = PictureReader(self.gateway, put=self.put.append, new_id=lambda: CommandId("p"))

    def asked_after(self) -> list[int | None]:
        return [one.after_seq for one in self.gateway.asked if isinstance(one, cmd.PictureSubscribe)]


async def test_the_whole_picture_with_map_and_log() -> None:
    desk = Desk(snapshot(5, "m1"))
    await desk.reader.read()
    assert [type(one).__name__ for one in desk.put] == ["PictureSnapshot", "Area", "LogPage"]
    await desk.reader.fetch_area(BlobId("m1"))
    assert desk.put.count(AREA) == 1
    published = ev.Recorded(seq=6, at=0.0, actor=event(1).recorded.actor, event=ev.MapPublished(blob_id=BlobId("m2")))
    await desk.reader.follow(pushes.EventPush(recorded=published))
    await desk.reader.follow(event(7))
    assert desk.put.count(AREA) == 2


async def test_a_known_picture_is_resumed() -> None:
    desk = Desk(snapshot(5), resumed(5))
    await desk.reader.subscribe()
    await desk.reader.subscribe()
    assert desk.asked_after() == [None, 5]


async def test_what_cannot_be_resumed_is_read_whole() -> None:
    desk = Desk(snapshot(5), NO, snapshot(9))
    await desk.reader.subscribe()
    await desk.reader.subscribe()
    assert desk.asked_after() == [None, 5, None]
    assert desk.reader.feed.last_seq == 9


async def test_a_gap_in_what_was_held_is_asked_for_again() -> None:
    desk = Desk(snapshot(5), resumed(5))

    class Overtaking(Gateway):
        async def request(self, command: cmd.Command) -> Push:
            if isinstance(command, cmd.PictureSubscribe) and command.after_seq is None:
                desk.reader.feed.take(event(8))
            return await super().request(command)

    gateway = Overtaking(snapshot(5), resumed(5))
    desk.reader = PictureReader(gateway, put=desk.put.append, new_id=lambda: CommandId("p"))
    await desk.reader.subscribe()
    assert [one.after_seq for one in gateway.asked if isinstance(one, cmd.PictureSubscribe)] == [None, 5]
    for seq in (6, 7, 8):
        assert desk.reader.feed.take(event(seq))
    assert seqs([one for one in desk.put if isinstance(one, Push)]) == [6, 7, 8]


@pytest.mark.allow_warnings
async def test_without_picture_or_map_the_desk_goes_on() -> None:
    desk = Desk(NO)
    await desk.reader.subscribe()
    assert desk.put == []
    desk = Desk(snapshot(1, "m1"), snapshot(1, "m1"))
    desk.gateway.blob = None
    await desk.reader.subscribe()
    desk.gateway.blob = msgspec.json.encode({"name": 1})
    await desk.reader.fetch_area(BlobId("m1"))
    assert AREA not in desk.put


async def test_a_large_map_comes_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "PART_BYTES", 10)
    desk = Desk()
    await desk.reader.fetch_area(BlobId("m1"))
    assert desk.put == [AREA]
    offsets = [one.offset_bytes for one in desk.gateway.asked if isinstance(one, cmd.BlobGet)]
    assert desk.gateway.blob is not None
    assert offsets == list(range(0, len(desk.gateway.blob), 10))


async def test_a_gateway_that_knows_no_parts_gives_all() -> None:
    class Older(Gateway):
        async def request(self, command: cmd.Command) -> Push:
            answer = await super().request(command)
            assert isinstance(answer, pushes.BlobContent)
            return msgspec.structs.replace(answer, total_bytes=None)

    desk, gateway = Desk(), Older()
    desk.reader = PictureReader(gateway, put=desk.put.append, new_id=lambda: CommandId("p"))
    await desk.reader.fetch_area(BlobId("m1"))
    assert desk.put == [AREA]
    assert len(gateway.asked) == 1
