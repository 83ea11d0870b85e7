"""Wire samples of version 1, made once and kept: they decode for ever, and say again what they said.

A field added later may show up beside what a sample says; nothing in a sample may be lost or change its meaning.
"""

import json
from pathlib import Path
from typing import Any, get_args

import msgspec
import numpy as np
import pytest

from comms.domain.events import Event
from comms.protocol.codec import Unreadable, decode_command, decode_push, encode
from comms.protocol.commands import Command
from comms.protocol.frames import decode_positions, encode_positions
from comms.protocol.pushes import Push
from comms.protocol.track_chunk import decode_chunk, track_of

SAMPLES = Path(__file__).parents[1] / "data" / "protocol" / "v1"


def samples(prefix: str) -> list[Path]:
    return sorted(SAMPLES.glob(f"{prefix}.*.json"))


def says_all_of(sample: Any, again: Any) -> bool:
    if isinstance(sample, dict):
        return all(key in again and says_all_of(value, again[key]) for key, value in sample.items())
    if isinstance(sample, list):
        return len(sample) == len(again) and all(map(says_all_of, sample, again))
    return bool(sample == again)


def test_the_samples_are_there() -> None:
    assert SAMPLES.is_dir()


@pytest.mark.parametrize(("prefix", "union"), [("command", Command), ("push", Push), ("event", Event)])
def test_every_kind_has_a_sample(prefix: str, union: Any) -> None:
    kinds = {kind.__struct_config__.tag for kind in get_args(union)}
    found = {json.loads(path.read_text(encoding="utf-8"))["kind"] for path in samples(prefix)}
    assert kinds == found


@pytest.mark.parametrize("path", samples("command"), ids=lambda path: path.stem)
def test_commands_decode_for_ever(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    command = decode_command(text)
    assert not isinstance(command, Unreadable), command
    assert says_all_of(json.loads(text), json.loads(encode(command)))
    assert decode_command(encode(command)) == command


@pytest.mark.parametrize("path", samples("push"), ids=lambda path: path.stem)
def test_pushes_decode_for_ever(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    push = decode_push(text)
    assert says_all_of(json.loads(text), json.loads(encode(push)))
    assert decode_push(encode(push)) == push


@pytest.mark.parametrize("path", samples("event"), ids=lambda path: path.stem)
def test_events_decode_for_ever(path: Path) -> None:
    """The journal keeps them: an event that no longer decodes is evidence lost."""
    text = path.read_text(encoding="utf-8")
    event = msgspec.json.decode(text, type=Event)
    assert says_all_of(json.loads(text), json.loads(msgspec.json.encode(event)))


def test_position_frames_decode_for_ever() -> None:
    frame = (SAMPLES / "positions.bin").read_bytes()
    columns = decode_positions(frame)
    assert columns.no.tolist() == [42, 7, 4_294_967_295]
    assert columns.lat.tolist() == [23.0207, -33.8688, 1e-7]
    assert columns.lon.tolist() == [113.7518, 151.2093, -179.9999999]
    assert columns.at.tolist() == [1767225600.5, 1767225598.0, 1767225000.0]
    assert np.isnan(columns.accuracy_m).tolist() == [False, True, False]
    assert columns.battery_pct[0] == 83
    assert encode_positions(columns) == frame


def test_track_chunks_decode_for_ever() -> None:
    track = track_of(decode_chunk((SAMPLES / "track.bin").read_bytes()))
    assert track.at.tolist() == [1767225600.5, 1767225605.5, 1767229200.0]
    assert track.lat.tolist() == [23.0207, 23.0208, -33.8688]
    assert track.lon.tolist() == [113.7518, 113.7518, -179.9999999]
    assert track.speed_mps[0] == np.float32(1.2)
    assert np.isnan(track.battery_pct).tolist() == [False, True, False]
