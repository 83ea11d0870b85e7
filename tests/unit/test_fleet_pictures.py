"""What simulated terminals say and show: speech that is encoded once, letters that can be read, photos that open."""

import asyncio
import io

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from comms.domain.inject import Scene
from comms.fleet.camera import HEIGHT, WIDTH, CameraPool, labelled_card, time_text
from comms.fleet.lettering import burn, burn_tall, dots, photo, png, tall_dots
from comms.fleet.scenery import Scenery, label_of
from comms.fleet.speech import SYLLABLES, VOICES, Speech, syllable
from comms.link.clock import WallClock
from comms.media.opus import OpusDecoder
from comms.media.video import VideoDecoder
from comms.media.voice import level_dbfs


def test_speech_is_loud_enough_and_the_same_every_time() -> None:
    for voice in range(VOICES):
        sound = np.concatenate([syllable(voice, number) for number in range(SYLLABLES)])
        assert len(sound) == SYLLABLES * 9600
        assert -30 < level_dbfs(sound) < -10
    assert np.array_equal(syllable(1, 3), syllable(1, 3))
    assert not np.array_equal(syllable(0, 3), syllable(1, 3))


def test_packets_are_encoded_once_and_decode_to_speech() -> None:
    speech = Speech()
    words = speech.words(2, 20)
    assert words is speech.words(2, 20)
    packets = [words.packet(at) for at in range(SYLLABLES * 10)]
    assert words.packet(SYLLABLES * 10 + 3) is packets[3]
    assert {packet.samples for packet in packets} == {960}
    assert speech.words(2, 40).packet(7).samples == 1920
    assert np.mean([len(packet.payload) for packet in packets]) < 160
    decoder = OpusDecoder()
    assert level_dbfs(np.concatenate([decoder.decode(packet.payload) for packet in packets[:100]])) > -30


def test_letters_fit_and_are_cut_off_at_the_edge() -> None:
    assert dots("I").tolist() == [[1, 1, 1, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [1, 1, 1, 0]]
    assert not dots("?").any()
    plane = np.full((20, 20), 99, np.uint8)
    burn(plane, "U0001", top=10, left=2, size=2)
    assert (plane[:10] == 99).all()
    assert set(np.unique(plane[10:, 2:])) == {16, 235}
    burn(plane, "U", top=50, left=50, size=2)


def pixels_of(data: bytes) -> NDArray[np.uint8]:
    """As an independent decoder sees them: RGB."""
    with av.open(io.BytesIO(data), "r") as container:
        return np.asarray(next(container.decode(video=0)).to_ndarray(format="rgb24"), np.uint8)


def test_a_photo_opens_in_any_viewer() -> None:
    data = photo("U0001", "2026-01-01 12:00:00.0", hue=3)
    assert len(data) < 60_000
    assert data == photo("U0001", "2026-01-01 12:00:00.0", hue=3)
    assert pixels_of(data).shape == (240, 320, 3)
    pixels = np.zeros((2, 3, 3), np.uint8)
    pixels[1, 2] = (255, 0, 7)
    assert np.array_equal(pixels_of(png(pixels)), pixels)


def test_cards_show_who_and_when() -> None:
    one, other, later = (
        labelled_card("U0001", now=1.0),
        labelled_card("U0002", now=1.0),
        labelled_card("U0001", now=2.0),
    )
    assert (one.width, one.height) == (WIDTH, HEIGHT)
    assert not np.array_equal(one.y, other.y)
    assert not np.array_equal(one.y, later.y)
    assert not one.y.flags.writeable
    assert time_text(1.55)[-2:] == ".5"


@pytest.mark.parametrize("scene", Scene)
def test_each_scene_moves_grows_and_says_that_it_is_a_drill(scene: Scene) -> None:
    scenery = Scenery(scene, label="网格员 0005", seed=7, began_at=1000.0)
    first, next_one, later = (scenery.picture(1000.0 + at) for at in (1.0, 1.4, 119.0))
    assert (first.width, first.height, first.u.shape) == (WIDTH, HEIGHT, (HEIGHT // 2, WIDTH // 2))
    assert not first.y.flags.writeable
    middle = slice(60, 320)
    assert not np.array_equal(first.y[middle], next_one.y[middle])
    assert np.count_nonzero(first.y[middle] != later.y[middle]) > 500
    again = Scenery(scene, label="网格员 0005", seed=7, began_at=1000.0).picture(1001.0)
    assert np.array_equal(first.y, again.y)
    assert np.array_equal(first.v, again.v)
    words = np.full((60, 360), 99, np.uint8)
    rows, columns = burn_tall(words, "演练 DRILL", top=8, left=8, size=2)
    assert np.array_equal(first.y[rows, columns], words[rows, columns])
    assert not np.array_equal(first.y[330:], next_one.y[330:]), "the time goes on"


def test_what_cameras_can_write_is_known() -> None:
    assert label_of("网格员 0005", "u5") == "网格员 0005"
    assert label_of("王某", "u5") == "u5"
    assert tall_dots("演").shape == (16, 16)
    assert tall_dots("").shape == (16, 0)


async def test_cameras_film_while_they_are_on_and_not_longer() -> None:
    pool = CameraPool(clock=WallClock(), rate_hz=60, width=160, height=90)
    films: dict[str, list[tuple[bytes, ...]]] = {"a": [], "b": []}
    got_some = asyncio.Event()

    def keep(key: str, payloads: tuple[bytes, ...]) -> None:
        films[key].append(payloads)
        if all(len(film) >= 4 for film in films.values()):
            got_some.set()

    try:
        pool.force_key_frame("a")
        pool.start("a", label="A", codec="h264", send=lambda payloads: keep("a", payloads))
        pool.start("a", label="A", codec="h264", send=lambda payloads: keep("a", payloads))
        pool.start("b", label="B", codec="vp8", send=lambda payloads: keep("b", payloads))
        assert len(pool) == 2
        async with asyncio.timeout(30):
            await got_some.wait()
        got_some.clear()
        seen = len(films["a"])
        pool.force_key_frame("a")
        pool.stop("b")
        films["b"] = [()] * 4
        async with asyncio.timeout(30):
            await got_some.wait()
    finally:
        await pool.close()
    for codec, film in (("h264", films["a"][:seen]),):
        decoder = VideoDecoder(codec)
        pictures = [picture for payloads in film for picture in decoder.decode(list(payloads)) or []]
        assert (pictures[0].width, pictures[0].height) == (160, 90)
    # A decoder that joins at the forced key frame can begin there.
    late = VideoDecoder("h264")
    assert any(late.decode(list(payloads)) for payloads in films["a"][seen:])
    await CameraPool(clock=WallClock()).close()
