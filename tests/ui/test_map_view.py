"""Projection, view and palette: arithmetic only."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from comms.domain.position import distance_m
from comms.domain.unit import UnitStatus
from ui.map.palette import DARK, LIGHT, MapPalette, contrast_ratio, over
from ui.map.projection import MAX_LAT, metres_per_pixel, place_of, world_of, worlds_of
from ui.map.status_line import round_length
from ui.map.view import MAX_ZOOM, MIN_ZOOM, ZOOM_STEP, View, rested

lats = st.floats(-80, 80)
lons = st.floats(-179.9, 179.9)
views = st.builds(
    View,
    x=st.floats(0.2, 0.8),
    y=st.floats(0.2, 0.8),
    zoom=st.floats(MIN_ZOOM, MAX_ZOOM),
    width=st.integers(200, 4000),
    height=st.integers(200, 2200),
)


@given(lats, lons)
def test_a_place_comes_back_from_the_world(lat: float, lon: float) -> None:
    back = place_of(*world_of(lat=lat, lon=lon))
    assert back == pytest.approx((lat, lon), abs=1e-9)


@given(st.lists(st.tuples(lats, lons), min_size=1, max_size=20))
def test_arrays_project_like_single_places(places: list[tuple[float, float]]) -> None:
    x, y = worlds_of(lat=[lat for lat, _ in places], lon=[lon for _, lon in places])
    singles = np.array([world_of(lat=lat, lon=lon) for lat, lon in places])
    np.testing.assert_allclose(np.column_stack((x, y)), singles, atol=1e-14)


def test_the_square_ends_at_its_latitude_and_nan_stays_nan() -> None:
    assert world_of(lat=90, lon=-180) == pytest.approx((0.0, 0.0), abs=1e-12)
    assert world_of(lat=MAX_LAT, lon=180) == pytest.approx((1.0, 0.0), abs=1e-12)
    x, y = worlds_of(lat=[math.nan], lon=[math.nan])
    assert np.isnan(x[0])
    assert np.isnan(y[0])


@given(st.floats(-60, 60), st.floats(10, 19))
def test_metres_per_pixel_agree_with_the_great_circle(lat: float, zoom: float) -> None:
    x, y = world_of(lat=lat, lon=113.0)
    view = View(x, y, zoom, 1000, 800)
    west, east = view.place_at(490, 400), view.place_at(510, 400)
    ground = distance_m(lat_a=west[0], lon_a=west[1], lat_b=east[0], lon_b=east[1]) / 20
    # EPSG:3857 is a sphere of 6,378 km, distances are of one of 6,371 km.
    assert ground == pytest.approx(metres_per_pixel(lat=lat, zoom=zoom), rel=2e-3)


@given(views, st.floats(0, 1), st.floats(0, 1), st.floats(MIN_ZOOM, MAX_ZOOM))
def test_zooming_keeps_the_point_under_the_cursor(view: View, across: float, down: float, zoom: float) -> None:
    px, py = across * view.width, down * view.height
    x, y = view.world_at(px, py)
    turned = view.zoomed(zoom, px, py)
    assume(0 < turned.x < 1 and 0 < turned.y < 1)  # at the world's edge the centre is held back
    assert turned.screen_of(x, y) == pytest.approx((px, py), abs=1e-3)


@given(views, st.floats(-500, 500), st.floats(-500, 500))
def test_panning_moves_every_point_alike(view: View, dx: float, dy: float) -> None:
    x, y = view.world_at(view.width / 3, view.height / 3)
    panned = view.panned(dx, dy)
    assume(0 < panned.x < 1 and 0 < panned.y < 1)
    assert panned.screen_of(x, y) == pytest.approx((view.width / 3 + dx, view.height / 3 + dy), abs=1e-3)


@given(st.floats(20, 25), st.floats(110, 115), st.floats(1e-5, 2), st.floats(1e-5, 2))
def test_fitted_bounds_are_wholly_in_view(south: float, west: float, high: float, wide: float) -> None:
    view = View(0.5, 0.5, 4, 1200, 700).fitted(south=south, west=west, north=south + high, east=west + wide)
    for lat, lon in ((south, west), (south + high, west + wide)):
        px, py = view.screen_at(lat=lat, lon=lon)
        assert -1 <= px <= 1201
        assert -1 <= py <= 701
    assert view.zoom % ZOOM_STEP == 0


def test_views_stay_on_the_world_and_rest_on_quarters() -> None:
    view = View(0.5, 0.5, 4, 800, 600)
    assert view.panned(1e9, -1e9).x == 0.0
    assert view.panned(1e9, -1e9).y == 1.0
    assert view.zoomed(99, 0, 0).zoom == MAX_ZOOM
    assert view.resized(0, -3).width == 1
    assert rested(13.1) == 13.0
    assert rested(13.2) == 13.25
    assert rested(-5) == MIN_ZOOM


@given(st.floats(0.01, 200_000), st.floats(40, 400))
def test_the_scale_bar_is_a_round_length_that_fits(metres_per_px: float, most_px: float) -> None:
    length, px = round_length(metres_per_px, most_px)
    assert most_px / 2.6 <= px <= most_px
    mantissa = length / 10 ** math.floor(math.log10(length) + 1e-9)
    assert min(abs(mantissa - factor) for factor in (1, 2, 5, 10)) < 1e-6


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
class TestPalette:
    def test_names_on_the_ground_are_readable_everywhere(self, palette: MapPalette) -> None:
        backs = (palette.ground, palette.land, palette.halo, *palette.street_fills)
        for name in (palette.street_name, palette.grid_name, palette.village_name, palette.place_name):
            for back in backs:
                assert contrast_ratio(name, back) >= 4.5, (name, back)

    def test_labels_and_panels_are_readable_over_anything(self, palette: MapPalette) -> None:
        for back in (palette.ground, palette.land, *palette.street_fills):
            plate, panel = over(palette.label_ground, back), over(palette.panel, back)
            for text, ground in (
                (palette.label_text, plate),
                (palette.label_stale, plate),
                (palette.text, panel),
                (palette.text_dim, panel),
                (palette.emergency, panel),
                (palette.talking, panel),
                (palette.order_trouble, panel),
                (palette.bubble_text, over(palette.bubble, back)),
            ):
                assert contrast_ratio(text, ground) >= 4.5, (text, ground)

    def test_glyphs_are_readable_on_their_badges(self, palette: MapPalette) -> None:
        orders = (palette.order_waiting, palette.order_under_way, palette.order_on_scene, palette.order_done)
        for badge in (*orders, palette.order_trouble):
            assert contrast_ratio(palette.order_glyph, badge) >= 4.5, badge
        assert contrast_ratio(palette.talking_glyph, palette.talking) >= 4.5
        assert contrast_ratio(palette.emergency_glyph, palette.emergency) >= 4.5
        assert contrast_ratio(palette.place_glyph, palette.place) >= 3.0

    def test_symbols_stand_out_from_the_ground(self, palette: MapPalette) -> None:
        for status in UnitStatus:
            for back in (palette.ground, palette.land):
                assert contrast_ratio(palette.status(status), back) >= 3.0, status
        assert len(set(palette.statuses)) == len(UnitStatus)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast_ratio("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast_ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert over("#80ffffff", "#000000") == "#808080"
