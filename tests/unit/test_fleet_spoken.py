"""Sentences read aloud: figures as words, speech by a program of its own, and what is kept of it."""

import asyncio
import stat
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.domain.ids import UnitId
from comms.domain.scenario import Voice, VoiceKind
from comms.drill.speaking import throat_of
from comms.fleet.media_path import MediaPath, Mouth
from comms.fleet.reading import aloud, is_chinese
from comms.fleet.speaker import Speaker
from comms.fleet.speech import Speech
from comms.fleet.synthesis import Throat, Utterance, at_48_khz, level, program, read_wav, synthesise
from comms.media.opus import OpusDecoder
from comms.media.voice import VoicePacket, level_dbfs

WOMAN = Throat("f2", 58)
needs_program = pytest.mark.skipif(program() is None, reason="espeak-ng is not installed")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("水位0.5米", "水位零点五米"),
        ("14:30到达", "十四点三十分到达"),
        ("08:05在8:00整", "八点零五分在八点整"),
        ("12人被困", "十二人被困"),
        ("2人受伤，2号楼", "两人受伤，二号楼"),
        ("3楼302室", "三楼三零二室"),
        ("拨打13800138000", "拨打幺三八零零幺三八零零零"),
        ("湿度30%", "湿度百分之三十"),
        ("风速12 m/s，水深20cm", "风速十二米每秒，水深二十厘米"),
        ("3-5人", "三到五人"),
        ("1010米，2000人，9999，110，15", "一千零一十米，二千人，九千九百九十九，一百一十，十五"),
        ("网格员 0001 报告", "网格员 零零零幺 报告"),
        ("【演练 DRILL】冒烟\n了", "冒烟 了"),
        ("Unit 5 at 14:30", "Unit 5 at 14:30"),
    ],
)
def test_figures_are_read_as_people_say_them(written: str, read: str) -> None:
    assert aloud(written) == read


@given(st.text(alphabet="0123456789.:%-号室人米m 一火", max_size=30))
def test_no_figure_of_a_chinese_sentence_is_left_to_the_program(text: str) -> None:
    read = aloud(text + "火")
    assert is_chinese(read)
    assert not any(figure in read for figure in "0123456789")


@needs_program
def test_the_same_words_sound_the_same_and_each_voice_differs() -> None:
    path = program() or ""
    said = synthesise("收到，水位上涨到0.5米。", WOMAN, path=path)
    again = synthesise("收到，水位上涨到0.5米。", WOMAN, path=path)
    other = synthesise("收到，水位上涨到0.5米。", Throat("m3", 38), path=path)
    assert said is not None
    assert again is not None
    assert other is not None
    assert np.array_equal(said, again)
    assert abs(level_dbfs(said) - level_dbfs(other)) < 3
    assert -24 < level_dbfs(said) < -18
    assert 2.0 < len(said) / 48_000 < 6.0
    quick = synthesise("收到，水位上涨到0.5米。", Throat("f2", 58, 1.5), path=path)
    assert quick is not None
    assert len(quick) < len(said) * 0.8
    english = synthesise("Smoke on the third floor.", WOMAN, path=path)
    assert english is not None


@pytest.mark.parametrize("script", ["exit 1", "exit 0", "echo no sound", "printf RIFF"])
def test_a_program_that_fails_says_nothing(tmp_path: Path, script: str) -> None:
    path = tmp_path / "speak"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    assert synthesise("喂", WOMAN, path=str(path)) is None
    assert synthesise("喂", WOMAN, path=str(tmp_path / "missing")) is None


def _wav(sound: "np.ndarray[tuple[int], np.dtype[np.int16]]", *, rate: int = 22_050, channels: int = 1) -> bytes:
    body = sound.astype("<i2").tobytes()
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 0x7FFFF, b"WAVE", b"fmt ", 16, 1, channels, rate, rate * 2, 2, 16, b"data", 0x7FFFF)  # fmt: skip  # noqa: E501 - one header
    return head + body


def test_a_tone_keeps_its_pitch_and_gets_its_loudness() -> None:
    time_s = np.arange(22_050) / 22_050
    tone = (np.sin(2 * np.pi * 440 * time_s) * 300).astype(np.int16)
    read = read_wav(_wav(tone))
    assert read is not None
    loud = level(at_48_khz(*read))
    assert loud is not None
    assert -21 < level_dbfs(loud[10_000:40_000]) < -19
    crossings = int(np.count_nonzero(np.diff(np.signbit(loud[10_000:46_000]).astype(int)) == 1))
    assert 436 < crossings * 48_000 / 36_000 < 444
    assert level(np.zeros(100)) is None
    assert level(np.zeros(0)) is None


@given(st.binary(max_size=80))
def test_what_is_no_wav_is_none(data: bytes) -> None:
    assert read_wav(data) is None
    assert read_wav(_wav(np.zeros(0, dtype=np.int16))) is None
    assert read_wav(_wav(np.zeros(4, dtype=np.int16), channels=2)) is None


def _speaking_program(tmp_path: Path) -> Path:
    """Says a tone, and keeps a line for each time it was asked."""
    wav = tmp_path / "tone.wav"
    time_s = np.arange(22_050 // 2) / 22_050
    wav.write_bytes(_wav((np.sin(2 * np.pi * 300 * time_s) * 9000).astype(np.int16)))
    path = tmp_path / "speak"
    path.write_text(f"#!/bin/sh\nwc -c >>{tmp_path}/asked\ncat {wav}\n")
    path.chmod(0o755)
    return path


async def test_what_is_foreseen_is_made_once_and_the_oldest_is_forgotten(tmp_path: Path) -> None:
    speaker = Speaker(path=str(_speaking_program(tmp_path)), kept_s=1.6)
    try:
        speaker.foresee("喂", WOMAN)
        speaker.foresee("喂", WOMAN)
        first = await speaker.utter("喂", WOMAN)
        assert first is not None
        assert await speaker.utter("喂", WOMAN) is first
        assert len((tmp_path / "asked").read_text().splitlines()) == 1
        assert first.duration_s == pytest.approx(0.78, abs=0.01)
        for words in ("火", "水", "风"):
            await speaker.utter(words, WOMAN)
        assert len(speaker) == 2
        assert await speaker.utter("喂", WOMAN) is not first
    finally:
        speaker.close()


@pytest.mark.allow_warnings
async def test_without_the_program_nothing_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    speaker = Speaker()
    assert not speaker.is_able
    speaker.foresee("喂", WOMAN)
    assert await speaker.utter("喂", WOMAN) is None
    assert [record.message.split()[0] for record in caplog.records] == ["espeak-ng"]
    caplog.clear()
    speaker.close()


@settings(max_examples=30)
@given(st.text(min_size=1, max_size=12), st.sampled_from(VoiceKind), st.floats(0.5, 2.0))
def test_everybody_has_a_voice_of_his_own_kind(name: str, kind: VoiceKind, pace: float) -> None:
    unit_id = UnitId(name)
    throat = throat_of(unit_id, Voice(kind=kind, pace=pace))
    assert throat == throat_of(unit_id, Voice(kind=kind, pace=pace))
    assert 0 <= throat.pitch <= 99
    assert throat_of(unit_id, None).variant[0] in "fm"
    assert (throat.variant[0] == "m") is (kind in (VoiceKind.MAN, VoiceKind.OLD_MAN))


class _Path(MediaPath):
    """A path that keeps what goes out."""

    def __init__(self) -> None:
        self.out: list[tuple[VoicePacket, bool]] = []

    def send_voice(self, packet: VoicePacket, *, is_first: bool) -> int | None:
        self.out.append((packet, is_first))
        return len(self.out)


def _utterance() -> Utterance:
    return Utterance((np.sin(np.arange(4_800) / 20) * 9000).astype(np.int16))


async def test_a_mouth_says_what_was_prepared_once_and_is_silent_then() -> None:
    path = _Path()
    mouth = Mouth(path, lambda frame_ms: Speech().words(0, frame_ms))
    utterance = _utterance()
    mouth.prepare(utterance)
    mouth.open(20)
    async with asyncio.timeout(10):
        await mouth.said()
    assert [first for _, first in path.out] == [True, False, False, False, False]
    assert level_dbfs(np.concatenate([OpusDecoder().decode(packet.payload) for packet, _ in path.out])) > -40
    assert mouth.is_open
    assert mouth.close() == 5
    mouth.is_quiet = True
    mouth.open(40)
    async with asyncio.timeout(10):
        await mouth.said()
    assert len(path.out) == 5
    mouth.close()


async def test_a_mouth_that_is_lent_says_only_what_is_passed_on() -> None:
    path = _Path()
    mouth = Mouth(path, lambda frame_ms: Speech().words(0, frame_ms))
    packet = VoicePacket(b"x", 960)
    mouth.pass_on(packet)
    mouth.lend(is_lent=True)
    mouth.pass_on(packet)
    mouth.open(20)
    mouth.pass_on(packet)
    mouth.pass_on(packet)
    assert path.out == [(packet, True), (packet, False)]
    mouth.lend(is_lent=False)
    async with asyncio.timeout(10):
        await mouth.said()
    mouth.pass_on(packet)
    mouth.close()
    assert len(path.out) == 2
