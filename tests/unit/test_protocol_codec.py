"""Text frames: strict, and never surprised by a peer."""

import json
import typing
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comms.domain.ids import CommandId, JurisdictionId, OfficerId
from comms.domain.jurisdiction import Jurisdiction, Level
from comms.link.wire import reply_id
from comms.protocol.area import (
    Area,
    Camera,
    Grid,
    KeyPlace,
    OfficerAccount,
    Street,
    TownFile,
    decode_area,
    decode_town,
    encode_area,
    encode_town,
)
from comms.protocol.codec import MAX_FRAME_BYTES, Unreadable, decode_command, decode_push, encode
from comms.protocol.commands import Command, Ping, PositionReport
from comms.protocol.errors import SENTENCES, Locale, RefusalCode, sentence
from comms.protocol.push_shape import AnyReply
from comms.protocol.pushes import Done, ItemVersions, Push, Refused
from comms.protocol.version import PROTOCOL_VERSION

SAMPLES = Path(__file__).parents[1] / "data" / "protocol"
_TEXTS = [path.read_text(encoding="utf-8") for path in sorted((SAMPLES / "v1").glob("command.*.json"))]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_commands_and_pushes_round_trip() -> None:
    assert decode_command(encode(Ping(id=CommandId("1")))) == Ping(id=CommandId("1"))
    assert decode_push(encode(Done(id=CommandId("1"), subject="x"))) == Done(id=CommandId("1"), subject="x")


@pytest.mark.parametrize(
    ("frame", "code", "command_id"),
    [
        ("", RefusalCode.MALFORMED, ""),
        ("[]", RefusalCode.MALFORMED, ""),
        ("{", RefusalCode.MALFORMED, ""),
        (b"\xff\xfe", RefusalCode.MALFORMED, ""),
        ('{"kind":"ping"}', RefusalCode.MALFORMED, ""),
        ('{"kind":"ping","id":""}', RefusalCode.MALFORMED, ""),
        ('{"kind":"ping","id":7}', RefusalCode.MALFORMED, ""),
        ('{"kind":"ping","id":"7","more":1}', RefusalCode.MALFORMED, "7"),
        ('{"kind":"tea","id":"7"}', RefusalCode.UNKNOWN_KIND, "7"),
        ('{"kind":"log.read","id":"7","limit":0}', RefusalCode.MALFORMED, "7"),
        ("[" * 100_000, RefusalCode.MALFORMED, ""),
        ('{"kind":"' + "x" * MAX_FRAME_BYTES + '"}', RefusalCode.TOO_LARGE, ""),
    ],
)
def test_what_is_no_command_is_told_with_the_id_if_there_is_one(
    frame: str | bytes, code: RefusalCode, command_id: str
) -> None:
    unreadable = decode_command(frame)
    assert isinstance(unreadable, Unreadable)
    assert (unreadable.code, unreadable.id) == (code, command_id)


def test_a_nest_within_a_command_is_no_command() -> None:
    frame = '{"kind":"ping","id":"7","more":' + "[" * 100_000 + "]" * 100_000 + "}"
    assert isinstance(decode_command(frame), Unreadable)


@given(st.text() | st.binary() | _JSON.map(json.dumps))
def test_no_frame_surprises_the_decoder(frame: str | bytes) -> None:
    assert isinstance(decode_command(frame), (Unreadable, *typing.get_args(Command)))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(_TEXTS), st.data())
def test_a_damaged_command_never_surprises_the_decoder(text: str, data: st.DataObject) -> None:
    damaged = json.loads(text)
    key = data.draw(st.sampled_from(sorted(damaged)))
    if data.draw(st.booleans()):
        del damaged[key]
    else:
        damaged[key] = data.draw(_JSON)
    cut = data.draw(st.integers(0, 40))
    frame = json.dumps(damaged)
    decode_command(frame[: len(frame) - cut])


def test_a_reading_that_is_no_number_cannot_be_said_in_json() -> None:
    frame = '{"kind":"position.report","id":"1","fixes":[{"at":1,"lat":NaN,"lon":2}]}'
    assert isinstance(decode_command(frame), Unreadable)
    assert isinstance(decode_command(frame.replace("NaN", "1.5")), PositionReport)


def test_a_push_that_is_none_is_the_peers_fault() -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_push('{"kind":"tea"}')


def test_every_refusal_has_a_sentence_in_both_languages() -> None:
    assert set(SENTENCES) == set(RefusalCode)
    for code in RefusalCode:
        chinese, english = sentence(code, Locale.ZH_CN), sentence(code, Locale.EN)
        assert chinese.endswith("。")
        assert english.endswith(".")
        assert chinese.isascii() is False
        assert english.isascii()


def test_a_refusal_travels_without_an_id() -> None:
    refused = Refused(code=RefusalCode.MALFORMED, text="x")
    assert decode_push(encode(refused)) == refused


def test_the_version_is_one() -> None:
    assert PROTOCOL_VERSION == 1
    assert (SAMPLES / f"v{PROTOCOL_VERSION}").is_dir()


@pytest.mark.parametrize("name", ["路口", 'a},{"b', "},{"])
def test_a_large_area_is_decoded_piece_by_piece(name: str) -> None:
    """Also where names look like the borders at which it is cut."""
    pauses: list[None] = []
    cameras = tuple(Camera(id=f"cam-{row}", name=name, lat=23.0, lon=113.7) for row in range(5_000))
    area = Area(name="石碣", bounds=(23.0, 113.7, 23.1, 113.8), cameras=cameras)
    assert decode_area(encode_area(area), lambda: pauses.append(None)) == area
    assert len(pauses) > 6


@pytest.mark.parametrize("cameras", [b"12", b"null", b"{}", b"[1]", b'["},{"]'])
def test_an_area_with_no_list_of_things_is_refused(cameras: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_area(b'{"name":"a","bounds":[1,2,3,4],"cameras":%s}' % cameras)


def test_an_area_and_a_town_travel_as_one_blob() -> None:
    place = JurisdictionId("441900/s01")
    area = Area(
        name="石碣",
        bounds=(23.0, 113.7, 23.1, 113.8),
        grids=(Grid(jurisdiction_id=place, name="一格", rings=(((23.0, 113.7), (23.1, 113.7), (23.1, 113.8)),)),),
        streets=(Street(name="莲塘路", rank=1, line=((23.0, 113.7), (23.1, 113.8))),),
        cameras=(Camera(id="cam-1", name="路口", lat=23.0, lon=113.7),),
        places=(KeyPlace(id="p-1", name="小学", category="学校", lat=23.0, lon=113.7),),
    )
    assert decode_area(encode_area(area)) == area
    town = TownFile(
        area=area,
        jurisdictions=(Jurisdiction(id=place, name="石碣", level=Level.TOWN),),
        units=(),
        talkgroups=(),
        officers=(OfficerAccount(officer_id=OfficerId("o"), name="O", jurisdiction_id=place, password="secret"),),
    )
    assert decode_town(encode_town(town)) == town
    with pytest.raises(msgspec.DecodeError):
        decode_area(b"{}")
    with pytest.raises(msgspec.DecodeError):
        decode_town(b"[]")


def test_whatever_answers_a_command_is_told_from_what_comes_unasked() -> None:
    """A link awaits answers by their kind: one it does not know is awaited for ever."""
    answering = {kind for kind in typing.get_args(Push) if "id" in kind.__struct_fields__}
    assert answering == {kind for kind in typing.get_args(Push) if issubclass(kind, AnyReply)} | {Refused}
    page = ItemVersions(id=CommandId("c1"), versions=())
    assert reply_id(page) == "c1"
    assert reply_id(Refused(id=CommandId("c2"), code=RefusalCode.NOT_FOUND, text="")) == "c2"
    assert reply_id(Refused(code=RefusalCode.NOT_FOUND, text="")) is None
