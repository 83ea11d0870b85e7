"""Both themes can be read: contrast by WCAG 2.1, 4.5:1 for text, 3:1 for secondary words and shapes."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QWidget

from comms.domain.order import AssignmentState
from comms.domain.unit import UnitStatus
from ui.map.palette import contrast_ratio
from ui.stylesheet import stylesheet
from ui.theme import DARK, LIGHT, Look, Theme, scale_for
from ui.widgets.order_delegates import step_colour
from ui.widgets.talk_button import fills

GROUNDS = ("ground", "panel", "raised", "inset", "hover", "chosen")
both = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])


@both
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("words", ["text", "text_dim"])
def test_words_are_read_on_every_ground(theme: Theme, ground: str, words: str) -> None:
    assert contrast_ratio(getattr(theme, words), getattr(theme, ground)) >= 4.5


@both
@pytest.mark.parametrize("ground", ["panel", "raised", "inset", "calm_fill"])
@pytest.mark.parametrize("colour", ["accent", "ok", "warn", "danger", "violet", "info"])
def test_coloured_words_are_read(theme: Theme, ground: str, colour: str) -> None:
    assert contrast_ratio(getattr(theme, colour), getattr(theme, ground)) >= 4.5


@both
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("colour", ["text_faint", "ok", "warn", "danger"])
def test_secondary_words_reach_three_to_one(theme: Theme, ground: str, colour: str) -> None:
    assert contrast_ratio(getattr(theme, colour), getattr(theme, ground)) >= 3.0


@both
@pytest.mark.parametrize("pair", ["talk", "hear", "wait", "danger", "warn", "calm", "accent", "drill"])
def test_words_on_filled_grounds_are_read(theme: Theme, pair: str) -> None:
    ground = getattr(theme, f"{pair}_fill", None) or getattr(theme, pair)
    assert contrast_ratio(getattr(theme, f"on_{pair}"), ground) >= 4.5


@both
def test_talk_buttons_are_read_in_every_tone(theme: Theme) -> None:
    for tone, (ground, words) in fills(theme).items():
        assert contrast_ratio(words, ground) >= (3.0 if tone == "off" else 4.5), tone


@both
@pytest.mark.parametrize("status", UnitStatus)
def test_status_shapes_stand_out_in_the_list(theme: Theme, status: UnitStatus) -> None:
    for ground in (theme.inset, theme.panel, theme.chosen):
        assert contrast_ratio(theme.status(status), ground) >= 3.0


@both
@pytest.mark.parametrize("state", AssignmentState)
def test_step_colours_stand_out(theme: Theme, state: AssignmentState) -> None:
    assert contrast_ratio(step_colour(state, theme), theme.inset) >= 3.0


@both
def test_the_style_sheet_holds_no_colour_but_the_themes_own(theme: Theme) -> None:
    import re

    own = {getattr(theme, name) for name in theme.__slots__ if isinstance(getattr(theme, name), str)}
    assert set(re.findall(r"#[0-9a-f]{6}\b", stylesheet(theme, round))) <= own


@pytest.mark.parametrize(
    ("size", "scale"),
    [((1366, 768), 1.0), ((1600, 900), 1.0), ((1920, 1080), 1.1), ((2560, 1440), 1.4), ((3840, 2160), 2.0)],
)
def test_scale_goes_in_steps_with_the_window(size: tuple[int, int], scale: float) -> None:
    assert scale_for(QSize(*size)) == scale


def test_dressing_stretches_layouts_once_for_each_scale(qapp: object) -> None:
    look = Look()
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(4, 5, 6, 7)
    row.setSpacing(3)
    for scale, wanted in ((2.0, (8, 10, 12, 14, 6)), (1.0, (4, 5, 6, 7, 3))):
        look.set_scale(scale)
        look.dress(widget)
        margins = row.contentsMargins()
        found = (margins.left(), margins.top(), margins.right(), margins.bottom(), row.spacing())
        assert found == wanted
    widget.deleteLater()
