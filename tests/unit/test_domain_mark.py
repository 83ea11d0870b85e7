"""Marks: what can be drawn, and the book they are folded into."""

import msgspec
import pytest

from comms.domain import events as ev
from comms.domain.ids import MarkId, officer_party
from comms.domain.mark import LABEL_LENGTH, MOST_POINTS, Mark, MarkColour, MarkKind, is_drawable
from comms.domain.picture import Change, Picture
from tests.support.gateway import NORTH, NORTH_DUTY

OFFICER = officer_party(NORTH_DUTY)
PLACE = (23.02, 113.75)


def mark(kind: MarkKind, *points: tuple[float, float], label: str = "积水") -> Mark:
    return Mark(id=MarkId("m1"), kind=kind, points=points, label=label, jurisdiction_id=NORTH)


@pytest.mark.parametrize(
    ("drawn", "can_be"),
    [
        (mark(MarkKind.POINT, PLACE), True),
        (mark(MarkKind.TEXT, PLACE), True),
        (mark(MarkKind.POINT, PLACE, PLACE), False),
        (mark(MarkKind.LINE, PLACE), False),
        (mark(MarkKind.LINE, PLACE, (23.03, 113.75)), True),
        (mark(MarkKind.AREA, PLACE, PLACE), False),
        (mark(MarkKind.AREA, PLACE, PLACE, PLACE), True),
        (mark(MarkKind.LINE, *(PLACE for _ in range(MOST_POINTS + 1))), False),
        (mark(MarkKind.POINT, (91.0, 0.0)), False),
        (mark(MarkKind.POINT, (0.0, 181.0)), False),
        (mark(MarkKind.POINT, PLACE, label="  "), False),
        (mark(MarkKind.POINT, PLACE, label="长" * (LABEL_LENGTH + 1)), False),
    ],
)
def test_what_can_be_drawn(drawn: Mark, can_be: bool) -> None:
    assert is_drawable(drawn) is can_be


def test_the_book() -> None:
    picture = Picture()

    def happen(event: ev.Event) -> tuple[Change, ...]:
        return picture.apply(ev.Recorded(seq=picture.seq + 1, at=10.0 + picture.seq, actor=OFFICER, event=event))

    drawn = mark(MarkKind.POINT, PLACE)
    assert happen(ev.MarkDrawn(mark=drawn)) == (Change("mark", "m1", True),)
    green = msgspec.structs.replace(drawn, colour=MarkColour.GREEN)
    assert happen(ev.MarkChanged(mark=green)) == (Change("mark", "m1"),)
    state = picture.marks.states[MarkId("m1")]
    assert (state.mark, state.drawn_by, state.drawn_at, state.changed_at) == (green, OFFICER, 10.0, 11.0)
    assert msgspec.json.decode(msgspec.json.encode(picture), type=Picture) == picture
    assert happen(ev.MarkErased(mark_id=MarkId("m1"))) == (Change("mark", "m1"),)
    assert picture.marks.states == {}
    with pytest.raises(KeyError):
        happen(ev.MarkErased(mark_id=MarkId("m1")))
