"""Replaying tracks without a screen: where everybody was, what nobody knows, how time goes on, what is read."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.ids import CommandId, UnitId
from comms.domain.position import Fix
from comms.domain.track import GAP_S, Track
from comms.protocol import pushes
from comms.protocol.commands import Command
from comms.protocol.track_chunk import encode_chunk, quantised, track_of
from comms.protocol.track_commands import TrackRead
from console.actions.requester import UnexpectedAnswerError, Unsent, UnsentError
from console.actions.tracking import Tracking
from console.store.tracks import SPEEDS, Playing, Presence, Tracks
from tests.support.scene import at_once

A, B, C = UnitId("a"), UnitId("b"), UnitId("c")


def fixes(*rows: tuple[float, float]) -> list[Fix]:
    """Moments and metres (about) north."""
    return [Fix(at=at, lat=23.0 + north * 1e-5, lon=113.0) for at, north in rows]


def track(*rows: tuple[float, float]) -> Track:
    return track_of(quantised(fixes(*rows)))


def told(*tracks: Track, to_at: float = 1000.0) -> Tracks:
    return Tracks([UnitId(f"u{row}") for row in range(len(tracks))], tracks, from_at=0.0, to_at=to_at)


def test_between_two_readings_on_the_line_and_in_a_gap_nowhere() -> None:
    tracks = told(track((100, 0), (110, 10), (110 + GAP_S + 50, 500)), track(), track((300, 7)))
    before, between, silent, again = (tracks.heads(at) for at in (99.0, 105.0, 110 + GAP_S + 1, 110 + GAP_S + 50))
    assert before.presence.tolist() == [Presence.NOT_YET] * 3
    assert between.presence.tolist() == [Presence.HEARD, Presence.NOT_YET, Presence.NOT_YET]
    assert between.lat[0] == pytest.approx(23.00005)
    assert between.heading_deg[0] == 0.0
    assert silent.presence[0] == Presence.SILENT
    assert silent.lat[0] == pytest.approx(23.0001), "it stays where it was last heard of"
    assert again.lat[0] == pytest.approx(23.005)
    assert np.isnan(again.heading_deg[0])
    assert tracks.heads(305.0).presence.tolist() == [Presence.HEARD, Presence.NOT_YET, Presence.HEARD]
    assert tracks.heads(999.0).presence.tolist() == [Presence.SILENT, Presence.NOT_YET, Presence.SILENT]


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 900), st.integers(-500, 500)), max_size=12, unique_by=lambda row: row[0]),
        max_size=6,
    ),
    st.floats(-10, 1100),
)
def test_every_head_lies_between_the_readings_around_it(units: list[list[tuple[int, int]]], at: float) -> None:
    given_tracks = [track(*sorted((float(moment), float(north)) for moment, north in rows)) for rows in units]
    heads = told(*given_tracks).heads(at)
    for row, each in enumerate(given_tracks):
        past, future = each.at <= max(at, 0.0), each.at > at
        if not past.any():
            assert heads.presence[row] == Presence.NOT_YET
            continue
        around = [each.lat[past][-1], *each.lat[future][:1]]
        assert min(around) - 1e-9 <= heads.lat[row] <= max(around) + 1e-9


def test_density_counts_what_moved() -> None:
    tracks = told(track((0, 0), (100, 10), (200, 10), (210, 20), (900, 500)))
    assert tracks.density(10).tolist() == [0, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    assert told().density(4).tolist() == [0, 0, 0, 0]
    assert told().heard == (0.0, 1000.0)
    assert len(told().heads(5.0).lat) == 0


def test_time_goes_on_by_speed_and_ends_or_begins_again() -> None:
    playing = Playing(told(track((100, 0), (160, 60))))
    assert playing.at == 100
    playing.advance(1.0)
    assert playing.at == 100, "it does not play yet"
    playing.toggle()
    playing.advance(1.0)
    assert playing.at == 110
    playing.advance(100.0)
    assert (playing.at, playing.is_playing) == (160, False)
    playing.toggle()
    assert playing.at == 100
    playing.is_looping = True
    playing.advance(100.0)
    assert (playing.at, playing.is_playing) == (100, True)
    playing.change_speed(99)
    assert playing.speed == SPEEDS[-1]
    playing.change_speed(-99)
    assert playing.speed == SPEEDS[0]
    playing.seek(-5)
    assert playing.at == 0
    playing.seek(5000)
    assert playing.at == 1000


class Gateway:
    """Answers with what it is given, one after the other."""

    def __init__(self, *answers: pushes.Push | None) -> None:
        self.answers = list(answers)
        self.asked: list[Command] = []

    async def request(self, command: Command) -> pushes.Push:
        self.asked.append(command)
        answer = self.answers.pop(0)
        if answer is None:
            raise UnsentError
        return answer

    request_durable = request


def page(unit_id: UnitId, data: bytes, following: int | None = None) -> pushes.TrackPage:
    return pushes.TrackPage(id=CommandId("c"), tracks=(pushes.UnitTrack(unit_id=unit_id, data=data),), next=following)


def tracking(gateway: Gateway) -> Tracking:
    return Tracking(gateway, at_once, new_id=lambda: CommandId("c"))


WHOLE = encode_chunk(quantised(fixes((1.0, 0.0), (6.0, 5.0))))


async def test_pages_are_asked_for_until_the_last_with_progress() -> None:
    gateway = Gateway(page(A, WHOLE, 1), page(B, WHOLE))
    shares: list[float] = []
    found = await tracking(gateway).load((A, B), from_at=0.0, to_at=10.0, progress=shares.append)
    assert isinstance(found, Tracks)
    assert shares == [0.0, 0.5, 1.0]
    assert [command.first for command in gateway.asked if isinstance(command, TrackRead)] == [0, 1]
    assert found.at.tolist() == [1.0, 6.0, 1.0, 6.0]


async def test_no_is_an_answer_and_rubbish_is_none() -> None:
    def ignore(_share: float) -> None:
        pass

    assert await tracking(Gateway(None)).load((A,), from_at=0.0, to_at=1.0, progress=ignore) == Unsent()
    assert await tracking(Gateway(None)).days((A,), offset_s=0.0) == Unsent()
    for answer in (page(A, b"rubbish"), pushes.Done(id=CommandId("c"))):
        with pytest.raises(UnexpectedAnswerError):
            await tracking(Gateway(answer)).load((A,), from_at=0.0, to_at=1.0, progress=ignore)


async def test_what_cannot_be_saved_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "day.csv").mkdir()
    fault = await tracking(Gateway()).save(told(track((1, 0))), ["x"], tmp_path / "day.csv")
    assert isinstance(fault, OSError)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["day.csv"]  # noqa: ASYNC240 (a test's folder)


async def test_the_recent_past_of_some_is_what_can_be_had_of_it() -> None:
    found = await tracking(Gateway(page(A, WHOLE, 1), page(B, WHOLE))).recent((A, B), from_at=0.0, to_at=10.0)
    assert {unit_id: track.at.tolist() for unit_id, track in found.items()} == {A: [1.0, 6.0], B: [1.0, 6.0]}
    assert await tracking(Gateway(None)).recent((A,), from_at=0.0, to_at=10.0) == {}
