"""Colours and sizes by name. A theme is data; the style sheet and every painted widget read it, nothing else."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QDialog, QLayout, QWidget

from comms.domain.unit import UnitStatus
from ui.map.palette import DARK as MAP_DARK
from ui.map.palette import LIGHT as MAP_LIGHT
from ui.map.palette import MapPalette
from ui.stylesheet import FONT_FAMILIES, stylesheet
from ui.widgets.drill_mark import show_mark


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours are `#rrggbb`. Every `x`/`on_x` pair is a ground and the text that is read on it."""

    name: str
    is_dark: bool
    ground: str
    """Behind everything."""
    panel: str
    raised: str
    """Cards and buttons."""
    inset: str
    """Fields and lists."""
    hover: str
    chosen: str
    """Ground of what is selected."""
    line: str
    line_strong: str
    text: str
    text_dim: str
    text_faint: str
    """Secondary words only: 3:1."""
    accent: str
    on_accent: str
    ok: str
    warn: str
    danger: str
    violet: str
    info: str
    talk_fill: str
    """This desk is on the air."""
    on_talk: str
    hear_fill: str
    """Somebody else is."""
    on_hear: str
    wait_fill: str
    """Requested, queued, offered."""
    on_wait: str
    danger_fill: str
    on_danger: str
    warn_fill: str
    on_warn: str
    calm_fill: str
    on_calm: str
    drill_fill: str
    """Nothing here is real; nothing else is in this colour."""
    on_drill: str
    map: MapPalette

    def status(self, status: UnitStatus) -> str:
        """The same colour as on the map."""
        return self.map.status(status)


DARK = Theme(
    name="dark",
    is_dark=True,
    ground="#0b1016",
    panel="#121a23",
    raised="#1b2632",
    inset="#0e151c",
    hover="#243242",
    chosen="#172d47",
    line="#2a3847",
    line_strong="#42566b",
    text="#e8eef5",
    text_dim="#a9b7c5",
    text_faint="#7f8f9f",
    accent="#5cb0ff",
    on_accent="#04121f",
    ok="#3ddc84",
    warn="#ffb020",
    danger="#ff5c6a",
    violet="#c9a0ff",
    info="#4da3ff",
    talk_fill="#c81e32",
    on_talk="#ffffff",
    hear_fill="#0f7a4a",
    on_hear="#ffffff",
    wait_fill="#ffb020",
    on_wait="#1d1200",
    danger_fill="#c81e32",
    on_danger="#ffffff",
    warn_fill="#ffb020",
    on_warn="#1d1200",
    calm_fill="#16202b",
    on_calm="#c3cfdb",
    drill_fill="#7a2fd0",
    on_drill="#ffffff",
    map=MAP_DARK,
)

LIGHT = Theme(
    name="light",
    is_dark=False,
    ground="#dfe4ea",
    panel="#f3f5f8",
    raised="#ffffff",
    inset="#ffffff",
    hover="#e6eef7",
    chosen="#d3e5fb",
    line="#c6ced7",
    line_strong="#8f9dab",
    text="#15202b",
    text_dim="#4a5764",
    text_faint="#6b7885",
    accent="#0b5cc4",
    on_accent="#ffffff",
    ok="#0f7538",
    warn="#9a5b00",
    danger="#c8102e",
    violet="#6d28d9",
    info="#0b5cc4",
    talk_fill="#c8102e",
    on_talk="#ffffff",
    hear_fill="#0f7a4a",
    on_hear="#ffffff",
    wait_fill="#ffc34d",
    on_wait="#2a1a00",
    danger_fill="#c8102e",
    on_danger="#ffffff",
    warn_fill="#ffc34d",
    on_warn="#2a1a00",
    calm_fill="#e9edf2",
    on_calm="#3a4653",
    drill_fill="#6d28d9",
    on_drill="#ffffff",
    map=MAP_LIGHT,
)

THEMES = {theme.name: theme for theme in (DARK, LIGHT)}
FONT_PX = 13
"""At scale 1."""
_DRAWN = "drawn_px"


def scale_for(size: QSize) -> float:
    """How much larger than at 1366×768 things are drawn, in steps, so that nothing creeps while resizing."""
    steps = ((3000, 1680, 2.0), (2300, 1290, 1.4), (1800, 980, 1.1))
    for width, height, scale in steps:
        if size.width() >= width and size.height() >= height:
            return scale
    return 1.0


class Look(QObject):
    """The theme and scale of one desk. `changed` fires when either does."""

    changed = Signal()

    def __init__(self, theme: Theme = DARK, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scale = 1.0

    @property
    def theme(self) -> Theme:
        return self._theme

    @property
    def scale(self) -> float:
        return self._scale

    def set_theme(self, theme: Theme) -> None:
        if theme is not self._theme:
            self._theme = theme
            self.changed.emit()

    def set_scale(self, scale: float) -> None:
        if scale != self._scale:
            self._scale = scale
            self.changed.emit()

    def px(self, size: float) -> int:
        """Logical pixels of a size that was drawn up at scale 1."""
        return round(size * self._scale)

    def font(self, *, px: float = FONT_PX, is_bold: bool = False) -> QFont:
        font = QFont()
        font.setFamilies(list(FONT_FAMILIES))
        font.setPixelSize(self.px(px))
        font.setBold(is_bold)
        return font

    def dress(self, window: QWidget) -> None:
        """Give a top-level widget its font, style sheet and spacing; call again after `changed`."""
        window.setFont(self.font())
        window.setPalette(self.palette())
        window.setStyleSheet(stylesheet(self._theme, self.px))
        self.space(window)
        if isinstance(window, QDialog):
            show_mark(window)

    def space(self, widget: QWidget) -> None:
        """Give the layouts in it the margins and spacing of this scale: what is made after its window was dressed."""
        for layout in widget.findChildren(QLayout):
            self._space(layout)

    def _space(self, layout: QLayout) -> None:
        """Margins and spacing are drawn up at scale 1, which is kept with the layout."""
        drawn = layout.property(_DRAWN)
        if drawn is None:
            margins = layout.contentsMargins()
            drawn = [margins.left(), margins.top(), margins.right(), margins.bottom(), layout.spacing()]
            layout.setProperty(_DRAWN, drawn)
        layout.setContentsMargins(*(self.px(size) for size in drawn[:4]))
        if drawn[4] >= 0:
            layout.setSpacing(self.px(drawn[4]))

    def palette(self) -> QPalette:
        """For what Qt paints itself: selections, placeholders, tool tips."""
        theme, palette = self._theme, QPalette()
        roles = QPalette.ColorRole
        for role, colour in (
            (roles.Window, theme.panel),
            (roles.WindowText, theme.text),
            (roles.Base, theme.inset),
            (roles.AlternateBase, theme.panel),
            (roles.Text, theme.text),
            (roles.Button, theme.raised),
            (roles.ButtonText, theme.text),
            (roles.Highlight, theme.chosen),
            (roles.HighlightedText, theme.text),
            (roles.PlaceholderText, theme.text_faint),
            (roles.ToolTipBase, theme.raised),
            (roles.ToolTipText, theme.text),
            (roles.Link, theme.accent),
        ):
            palette.setColor(role, QColor(colour))
        disabled = QPalette.ColorGroup.Disabled
        for role in (roles.Text, roles.WindowText, roles.ButtonText):
            palette.setColor(disabled, role, QColor(theme.text_faint))
        return palette

    def colour(self, value: str, *, alpha: float = 1.0) -> QColor:
        colour = QColor(value)
        colour.setAlphaF(alpha)
        return colour


def prepare(application: QApplication) -> None:
    """The widget style everything here is drawn for, the same on each desktop."""
    application.setStyle("Fusion")
    application.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus, False)
