"""The wall: who sends what on which tile, in the right colours, and a tile that keeps its place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from comms.domain import events as ev
from comms.domain.ids import PartyId, VideoId, unit_party
from comms.domain.video import Video, VideoEnd, VideoKind
from comms.media.picture import VideoPicture
from comms.protocol import pushes
from comms.protocol.commands import VideoStop, VideoUnwatch, VideoWatch
from tests.support.drivers import WindowDriver
from tests.support.scene import ME, OFFICER, Scene, duty_scene, unit_id
from ui.panels.wall_plan import ENDED_SHOWN_S, TILES, Stage, WallPlan
from ui.widgets.pictures import fitted, to_image


def _video(number: int, kind: VideoKind = VideoKind.RETURN, asked_by: PartyId | None = None) -> Video:
    unit = unit_id(number)
    return Video(id=VideoId(f"v{number}"), kind=kind, unit_id=unit, asked_by=asked_by or unit_party(unit))


def _ask(scene: Scene, number: int, by: PartyId = ME) -> Video:
    video = _video(number, VideoKind.POINT_CALL, by)
    scene.happen(ev.VideoAsked(video=video), actor=by)
    return video


def _stages(plan: WallPlan) -> list[tuple[str, str] | None]:
    return [(tile.video_id, tile.stage.value) if tile is not None else None for tile in plan.tiles]


def test_a_video_keeps_its_tile_from_asking_to_the_end(qapp: object) -> None:
    scene, plan = duty_scene(), WallPlan()
    first, second = _ask(scene, 1), _ask(scene, 2)
    plan.arrange(scene.store)
    assert _stages(plan)[:3] == [("v1", "asked"), ("v2", "asked"), None]
    scene.happen(ev.VideoStarted(video=second), ev.VideoWatched(video_id=second.id, officer_id=OFFICER))
    plan.arrange(scene.store)
    assert _stages(plan)[1] == ("v2", "opening")
    scene.push(pushes.MediaSlot(mid="4", video_id=second.id))
    scene.happen(ev.VideoEnded(video_id=first.id, end=VideoEnd.DECLINED))
    plan.arrange(scene.store)
    assert _stages(plan)[:2] == [("v1", "ended"), ("v2", "playing")]
    scene.clock += ENDED_SHOWN_S + 1
    plan.arrange(scene.store)
    assert _stages(plan)[:2] == [None, ("v2", "playing")]


def test_offers_are_shown_and_others_requests_are_not(qapp: object) -> None:
    scene, plan = duty_scene(), WallPlan()
    other = PartyId("officer:other")
    asked = _ask(scene, 1, by=other)
    scene.happen(ev.VideoStarted(video=asked), ev.VideoStarted(video=_video(2)))
    plan.arrange(scene.store)
    assert _stages(plan)[:2] == [("v2", "offered"), None]
    plan.dismiss(VideoId("v2"))
    plan.arrange(scene.store)
    assert plan.tiles == [None] * TILES


def test_what_goes_on_takes_the_place_of_what_is_over_or_only_offered(qapp: object) -> None:
    scene, plan = duty_scene(units=9), WallPlan()
    scene.happen(*(ev.VideoStarted(video=_video(number)) for number in range(1, 8)))
    plan.arrange(scene.store)
    assert plan.waiting == 1
    _ask(scene, 8)
    plan.arrange(scene.store)
    assert ("v8", "asked") in _stages(plan)
    assert plan.waiting == 2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["ask", "start", "slot", "end", "dismiss", "wait"]), st.integers(1, 9)),
                max_size=30))  # fmt: skip
def test_tiles_never_show_one_video_twice_nor_swap_places(steps: list[tuple[str, int]]) -> None:
    scene, plan = duty_scene(units=10), WallPlan()
    for kind, number in steps:
        before = list(plan.tiles)
        _take(scene, plan, kind, number)
        plan.arrange(scene.store)
        shown = [tile.video_id for tile in plan.tiles if tile is not None]
        assert len(shown) == len(set(shown))
        for place, tile in enumerate(before):
            if tile is not None and tile.video_id in shown:
                assert shown.index(tile.video_id) == len([one for one in plan.tiles[:place] if one is not None])


def _take(scene: Scene, plan: WallPlan, kind: str, number: int) -> None:
    known = scene.store.picture.videos.get(VideoId(f"v{number}"))
    match kind:
        case "ask" if known is None:
            _ask(scene, number)
        case "start" if known is not None:
            scene.happen(ev.VideoStarted(video=known.video))
        case "start":
            scene.happen(ev.VideoStarted(video=_video(number)))
        case "slot" if known is not None:
            scene.push(pushes.MediaSlot(mid=str(4 + number % 6), video_id=known.video.id))
        case "end" if known is not None:
            scene.happen(ev.VideoEnded(video_id=known.video.id, end=VideoEnd.STOPPED))
        case "dismiss":
            plan.dismiss(VideoId(f"v{number}"))
        case "wait":
            scene.clock += 10
        case _:
            pass


def test_consent_puts_the_video_on_the_wall_by_itself_once(driver: WindowDriver) -> None:
    video = _ask(driver.scene, 1)
    tile = driver.parts.wall.tiles[0]
    assert "等待对方同意" in tile._status_words()
    driver.scene.happen(ev.VideoStarted(video=video))
    driver.scene.happen(ev.VideoWatched(video_id=video.id, officer_id=OFFICER))
    watched = [command for command in driver.scene.desk.asked if isinstance(command, VideoWatch)]
    assert [command.video_id for command in watched] == ["v1"]


def test_a_declined_request_says_so_on_its_tile(driver: WindowDriver) -> None:
    video = _ask(driver.scene, 1)
    driver.scene.happen(ev.VideoEnded(video_id=video.id, end=VideoEnd.DECLINED))
    tile = driver.parts.wall.tiles[0]
    assert tile._status_words() == "对方没有同意"
    driver.click(tile._close)
    assert tile.showing is None
    assert not driver.scene.desk.asked


def test_an_offer_is_watched_by_choice(driver: WindowDriver) -> None:
    driver.scene.happen(ev.VideoStarted(video=_video(2)))
    tile = driver.parts.wall.tiles[0]
    assert tile._watch.isVisible()
    driver.click(tile._watch)
    assert driver.scene.desk.last(VideoWatch).video_id == "v2"


def _play(driver: WindowDriver, video: Video) -> None:
    driver.scene.happen(ev.VideoStarted(video=video))
    driver.scene.show_video("4", video.id)
    driver.qtbot.waitUntil(lambda: driver.parts.wall.tiles[0].image is not None)


def test_pictures_are_shown_right_way_up_and_each_only_once(driver: WindowDriver) -> None:
    _play(driver, _video(2))
    tile = driver.parts.wall.tiles[0]
    image = tile.image
    assert image is not None
    assert image.width() <= tile.width()
    assert (
        QColor(image.pixel(1, 1)).lightness() < QColor(image.pixel(image.width() - 2, image.height() - 2)).lightness()
    )
    tile.take_picture(driver.scene.clock)
    assert tile.image is image
    driver.scene.show_video("4", VideoId("v2"), shade=90)
    driver.qtbot.waitUntil(lambda: tile.image is not image)


def test_closing_ends_what_this_desk_asked_for_and_leaves_the_rest(driver: WindowDriver) -> None:
    _play(driver, _video(2))
    driver.click(driver.parts.wall.tiles[0]._close)
    assert driver.scene.desk.last(VideoUnwatch).video_id == "v2"
    _ask(driver.scene, 3)
    driver.click(driver.parts.wall.tiles[1]._close)
    assert driver.scene.desk.last(VideoStop).video_id == "v3"


def test_a_double_click_shows_it_large_and_esc_puts_it_back(driver: WindowDriver) -> None:
    _play(driver, _video(2))
    tile, large = driver.parts.wall.tiles[0], driver.parts.large_video
    driver.click(tile)
    QTest.mouseDClick(tile, Qt.MouseButton.LeftButton)
    assert large.isVisible()
    assert driver.window.selection.unit_ids == (unit_id(2),)
    driver.qtbot.waitUntil(lambda: large.tile.image is not None)
    driver.key(Qt.Key.Key_Escape)
    assert not large.isVisible()
    QTest.mouseDClick(tile, Qt.MouseButton.LeftButton)
    driver.scene.push(pushes.MediaSlot(mid="4"))
    assert not large.isVisible(), "it closes by itself when the video ends"


def test_nothing_is_fetched_while_nothing_plays(driver: WindowDriver) -> None:
    assert not driver.parts.wall._clock.isActive()
    _play(driver, _video(2))
    assert driver.parts.wall._clock.isActive()
    driver.scene.push(pushes.MediaSlot(mid="4"))
    driver.scene.happen(ev.VideoEnded(video_id=VideoId("v2"), end=VideoEnd.STOPPED))
    assert not driver.parts.wall._clock.isActive()


@pytest.mark.parametrize(
    ("y", "u", "v", "colour"),
    [(16, 128, 128, (0, 0, 0)), (235, 128, 128, (255, 255, 255)), (81, 90, 240, (255, 0, 0)),
     (145, 54, 34, (0, 255, 0)), (41, 240, 110, (0, 0, 255))],
)  # fmt: skip
def test_colours_are_those_of_bt601(y: int, u: int, v: int, colour: tuple[int, int, int], qapp: object) -> None:
    picture = VideoPicture(
        4, 2, np.full((2, 4), y, np.uint8), np.full((1, 2), u, np.uint8), np.full((1, 2), v, np.uint8)
    )
    found = QColor(to_image(picture, 4, 2).pixel(0, 0))
    assert np.allclose((found.red(), found.green(), found.blue()), colour, atol=2)


@given(st.integers(1, 200), st.integers(1, 200), st.integers(1, 90), st.integers(1, 90))
def test_a_picture_fits_its_room_and_is_never_blown_up(width: int, height: int, room_w: int, room_h: int) -> None:
    half = ((height + 1) // 2, (width + 1) // 2)
    picture = VideoPicture(
        width, height, np.zeros((height, width), np.uint8), np.zeros(half, np.uint8), np.zeros(half, np.uint8)
    )
    image = to_image(picture, room_w, room_h)
    assert 1 <= image.width() <= max(1, min(width, room_w))
    assert 1 <= image.height() <= max(1, min(height, room_h))
    shown = fitted(width, height, room_w, room_h)
    assert min(shown) >= 1


def test_stage_order_is_total() -> None:
    from ui.panels.wall_plan import _ORDER

    assert set(_ORDER) == set(Stage)
