"""Lines of the map as columns: to everybody else the tuples of pairs that they were."""

import msgspec
import numpy as np
import pytest

from comms.domain.ids import CommandId, JurisdictionId, UnitId
from comms.domain.picture import Picture
from comms.domain.states import UnitState
from comms.domain.unit import Unit
from comms.protocol import codec
from comms.protocol.area import Area, Camera, Grid, KeyPlace, Street, decode_area, encode_area
from comms.protocol.places import Places, from_wire, to_wire
from comms.protocol.pushes import PictureSnapshot

LINE = ((23.0, 113.7), (23.1, 113.75), (23.2, 113.5))
AREA = Area(
    name="甲",
    bounds=(23.0, 113.0, 24.0, 114.0),
    grids=(Grid(jurisdiction_id=JurisdictionId("t/v/g"), name="一", rings=(LINE, LINE[:1], ())),),
    streets=(Street(name="甲路", rank=0, line=LINE),),
    cameras=(Camera(id="c1", name="一", lat=23.0, lon=113.0, category="交通路口"),),
    places=tuple(KeyPlace(id=key, name=key, category="交通路口", lat=23.0, lon=113.0) for key in ("p1", "p2")),
)


def test_an_area_comes_from_the_wire_as_it_was() -> None:
    made, read = AREA, decode_area(encode_area(AREA))
    assert read == made
    assert made == read
    assert hash(read) == hash(AREA)
    assert isinstance(read.streets[0].line, Places)
    assert encode_area(read) == encode_area(AREA)
    assert decode_area(encode_area(read)) == read


def test_places_are_read_like_a_tuple() -> None:
    line = Places(LINE)
    assert list(line) == list(LINE)
    assert (len(line), line[0], line[-1], line[1:]) == (3, LINE[0], LINE[-1], LINE[1:])
    assert line != LINE[:2]
    assert line != Places(LINE[:2])
    assert repr(line) == repr(LINE)
    assert np.shares_memory(np.asarray(line), np.asarray(line, np.float64))
    assert not Places(())
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(line)[0, 0] = 0.0


@pytest.mark.parametrize("line", ["[[1.0]]", "[[1, 2, 3]]", '[["1", 2]]', "5", "[null]"])
def test_a_line_that_is_none_is_refused(line: str) -> None:
    data = b'{"name":"a","bounds":[1,2,3,4],"streets":[{"name":"","rank":0,"line":%s}]}'
    with pytest.raises(msgspec.ValidationError):
        decode_area(data % line.encode())


def test_other_things_have_no_form_on_the_wire() -> None:
    with pytest.raises(NotImplementedError):
        to_wire(object())
    with pytest.raises(NotImplementedError):
        from_wire(complex, [])


def test_what_many_have_in_common_is_kept_once() -> None:
    read = decode_area(encode_area(AREA))
    assert read.places[0].category is read.places[1].category is read.cameras[0].category
    home = JurisdictionId("900000/s01/v001")
    units = {UnitId(key): UnitState(unit=Unit(id=UnitId(key), no=no, name=key, jurisdiction_id=home))
             for no, key in enumerate(("u-1", "u-2"))}  # fmt: skip
    push = codec.decode_push(codec.encode(PictureSnapshot(id=CommandId("c"), picture=Picture(units=units))))
    assert isinstance(push, PictureSnapshot)
    assert push.picture.units == units
    first, second = push.picture.units.values()
    assert first.unit.jurisdiction_id is second.unit.jurisdiction_id
    assert all(key is state.unit.id for key, state in push.picture.units.items())
