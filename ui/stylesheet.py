"""The style sheet, generated from a theme. Names in `#` are object names; `[tone=…]` is a property of labels."""

from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.theme import Theme

FONT_FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "HarmonyOS Sans SC",
    "Microsoft YaHei UI",
    "PingFang SC",
    "DejaVu Sans",
)


def stylesheet(theme: "Theme", px: Callable[[float], int]) -> str:
    """`px` turns a size at scale 1 into logical pixels."""
    parts = (_base(theme, px), _buttons(theme, px), _fields(theme, px), _lists(theme, px), _frames(theme, px))
    return "\n".join(parts)


def _picture(name: str) -> str:
    """A file, in a grey that is seen on both themes: style sheets cannot tint."""
    return Path(str(resources.files("resources").joinpath("icons", f"{name}.svg"))).as_posix()


def _base(theme: "Theme", px: Callable[[float], int]) -> str:
    families = ", ".join(f'"{family}"' for family in FONT_FAMILIES)
    return f"""
    QWidget {{ color: {theme.text}; font-family: {families}; font-size: {px(13)}px; }}
    QMainWindow, QDialog, #desk {{ background: {theme.ground}; }}
    QToolTip {{ background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.line_strong};
        padding: {px(4)}px; }}
    QLabel {{ background: transparent; }}
    QLabel[tone="dim"] {{ color: {theme.text_dim}; }}
    QLabel[tone="faint"] {{ color: {theme.text_faint}; }}
    QLabel[tone="title"] {{ font-size: {px(15)}px; font-weight: 600; }}
    QLabel[tone="head"] {{ font-weight: 600; }}
    QLabel[tone="danger"] {{ color: {theme.danger}; }}
    QLabel[tone="warn"] {{ color: {theme.warn}; }}
    QLabel[tone="ok"] {{ color: {theme.ok}; }}
    QLabel[tone="ringing"] {{ background: {theme.wait_fill}; color: {theme.on_wait}; font-weight: 600;
        border-radius: {px(3)}px; padding: 0 {px(5)}px; }}
    QLabel[tone="emergency"] {{ background: {theme.danger_fill}; color: {theme.on_danger}; font-weight: 600;
        border-radius: {px(3)}px; padding: 0 {px(5)}px; }}
    QSplitter::handle {{ background: {theme.line}; }}
    QSplitter::handle:hover {{ background: {theme.accent}; }}
    QMenu {{ background: {theme.raised}; border: 1px solid {theme.line_strong}; padding: {px(4)}px; }}
    QMenu::item {{ padding: {px(5)}px {px(22)}px {px(5)}px {px(12)}px; border-radius: {px(3)}px; }}
    QMenu::item:selected {{ background: {theme.chosen}; }}
    QMenu::item:disabled {{ color: {theme.text_faint}; }}
    QMenu::separator {{ height: 1px; background: {theme.line}; margin: {px(4)}px {px(6)}px; }}
    """


def _buttons(theme: "Theme", px: Callable[[float], int]) -> str:
    return f"""
    QPushButton, QCheckBox, QRadioButton {{ icon-size: {px(15)}px; }}
    QPushButton, QToolButton {{ background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.line};
        border-radius: {px(4)}px; padding: {px(3)}px {px(8)}px; }}
    QPushButton:hover, QToolButton:hover {{ background: {theme.hover}; border-color: {theme.line_strong}; }}
    QPushButton:focus, QToolButton:focus {{ border: 1px solid {theme.accent}; }}
    QPushButton:pressed, QToolButton:pressed {{ background: {theme.chosen}; }}
    QPushButton:checked, QToolButton:checked {{ background: {theme.chosen}; border-color: {theme.accent}; }}
    QPushButton:disabled, QToolButton:disabled, QPushButton[tone="off"] {{
        color: {theme.text_faint}; background: {theme.panel}; border-color: {theme.line}; }}
    QPushButton:checked:disabled {{ color: {theme.text_dim}; background: {theme.chosen}; }}
    QPushButton[tone="primary"] {{ background: {theme.accent}; color: {theme.on_accent}; font-weight: 600;
        border-color: {theme.accent}; }}
    QPushButton[tone="primary"]:focus {{ border: 2px solid {theme.text}; }}
    QPushButton[tone="primary"]:disabled {{ background: {theme.raised}; color: {theme.text_faint};
        border-color: {theme.line}; }}
    QPushButton[tone="answer"]:enabled {{ background: {theme.hear_fill}; color: {theme.on_hear}; font-weight: 600; }}
    QPushButton[tone="hang_up"]:enabled {{ background: {theme.danger_fill}; color: {theme.on_danger};
        font-weight: 600; }}
    QToolButton[tone="flat"], QPushButton[tone="flat"] {{ background: transparent; border: 1px solid transparent;
        padding: {px(2)}px {px(6)}px; }}
    QToolButton[tone="flat"]:hover, QPushButton[tone="flat"]:hover {{ background: {theme.hover}; }}
    QToolButton[tone="flat"]:focus, QPushButton[tone="flat"]:focus {{ border: 1px solid {theme.accent}; }}
    QToolButton[tone="flat"]:checked, QPushButton[tone="flat"]:checked {{ background: {theme.chosen}; }}
    QToolButton[tone="chip"] {{ background: transparent; border: 1px solid transparent; padding: {px(2)}px 0;
        font-size: {px(12)}px; }}
    QToolButton[tone="chip"]:hover {{ background: {theme.hover}; }}
    QToolButton[tone="chip"]:focus {{ border: 1px solid {theme.accent}; }}
    QToolButton[tone="chip"]:checked {{ background: {theme.chosen}; border: 1px solid {theme.accent}; }}
    QToolButton::menu-indicator {{ image: none; }}
    QCheckBox, QRadioButton {{ spacing: {px(6)}px; }}
    QCheckBox::indicator, QTreeView::indicator, QListView::indicator {{ width: {px(8)}px; height: {px(8)}px;
        padding: {px(2)}px; border: 1px solid {theme.text_dim}; border-radius: {px(2)}px; background: {theme.inset};
        background-clip: content; background-origin: content; }}
    QCheckBox::indicator:checked, QTreeView::indicator:checked, QListView::indicator:checked {{
        background: {theme.accent}; border-color: {theme.accent}; }}
    QTreeView::indicator:indeterminate {{ height: {px(2)}px; padding: {px(5)}px {px(2)}px;
        background: {theme.accent}; border-color: {theme.accent}; }}
    """


def _fields(theme: "Theme", px: Callable[[float], int]) -> str:
    return f"""
    QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QSpinBox, QDateTimeEdit {{
        background: {theme.inset}; color: {theme.text};
        border: 1px solid {theme.line_strong}; border-radius: {px(4)}px; padding: {px(3)}px {px(6)}px;
        selection-background-color: {theme.chosen}; selection-color: {theme.text}; }}
    QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QSpinBox:focus, QDateTimeEdit:focus {{
        border: 1px solid {theme.accent}; }}
    QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled, QSpinBox:disabled, QDateTimeEdit:disabled {{
        color: {theme.text_faint}; border-color: {theme.line}; }}
    QComboBox::drop-down, QSpinBox::up-button, QSpinBox::down-button, QDateTimeEdit::up-button,
    QDateTimeEdit::down-button {{ border: 0; background: transparent; width: {px(16)}px; }}
    QComboBox::down-arrow, QSpinBox::down-arrow, QDateTimeEdit::down-arrow {{ image: url("{_picture("field_down")}");
        width: {px(10)}px; height: {px(10)}px; }}
    QSpinBox::up-arrow, QDateTimeEdit::up-arrow {{ image: url("{_picture("field_up")}");
        width: {px(10)}px; height: {px(10)}px; }}
    QProgressBar {{ background: {theme.inset}; border: 1px solid {theme.line}; border-radius: {px(3)}px; }}
    QProgressBar::chunk {{ background: {theme.accent}; border-radius: {px(2)}px; }}
    QComboBox QAbstractItemView {{ background: {theme.raised}; color: {theme.text};
        selection-background-color: {theme.chosen}; selection-color: {theme.text};
        border: 1px solid {theme.line_strong}; }}
    """


def _lists(theme: "Theme", px: Callable[[float], int]) -> str:
    return f"""
    QAbstractItemView {{ background: {theme.inset}; color: {theme.text}; border: 1px solid {theme.line};
        outline: 0; selection-background-color: {theme.chosen}; selection-color: {theme.text}; }}
    QHeaderView {{ background: {theme.panel}; border: 0; }}
    QHeaderView::section {{ background: {theme.panel}; color: {theme.text_dim}; border: 0;
        border-bottom: 1px solid {theme.line}; padding: {px(3)}px {px(4)}px; font-size: {px(12)}px; }}
    QScrollBar:vertical {{ background: transparent; width: {px(10)}px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: {px(10)}px; margin: 0; }}
    QScrollBar::handle {{ background: {theme.line_strong}; border-radius: {px(4)}px; margin: {px(2)}px;
        min-height: {px(28)}px; min-width: {px(28)}px; }}
    QScrollBar::handle:hover {{ background: {theme.text_faint}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QTabBar {{ border: 0; background: {theme.panel}; }}
    QTabBar::tab {{ border: 0; background: transparent; color: {theme.text_dim}; padding: {px(6)}px {px(6)}px;
        border-bottom: {px(2)}px solid transparent; }}
    QTabBar::tab:selected {{ color: {theme.text}; border-bottom-color: {theme.accent}; font-weight: 600; }}
    QTabBar::tab:hover {{ color: {theme.text}; background: {theme.hover}; }}
    QTabBar::tab:focus {{ color: {theme.accent}; }}
    QTabWidget::pane {{ border: 0; border-top: 1px solid {theme.line}; }}
    QScrollArea {{ background: transparent; border: 0; }}
    """


def _frames(theme: "Theme", px: Callable[[float], int]) -> str:
    return f"""
    #panel, #topBar, #wall, #log {{ background: {theme.panel}; }}
    #topBar {{ border-bottom: 1px solid {theme.line}; }}
    #card {{ background: {theme.raised}; border: 1px solid {theme.line}; border-radius: {px(5)}px; }}
    #sheet, #palette, #toast {{ background: {theme.panel}; border: 1px solid {theme.line_strong};
        border-radius: {px(6)}px; }}
    #toast {{ background: {theme.raised}; }}
    #refusal {{ background: {theme.danger_fill}; color: {theme.on_danger}; border-radius: {px(4)}px;
        padding: {px(5)}px; }}
    #drillStrip {{ background: {theme.drill_fill}; color: {theme.on_drill}; font-size: {px(12)}px; font-weight: 700;
        padding: {px(1)}px; }}
    #drillBand QLabel, #drillCurtain QLabel {{ color: {theme.on_drill}; font-weight: 600; }}
    #drillClock {{ font-size: {px(30)}px; font-weight: 700; }}
    #drillBandOpen {{ background: transparent; color: {theme.on_drill}; border: 1px solid {theme.on_drill};
        padding: 0 {px(6)}px; font-weight: 600; }}
    #drillBandMark {{ font-size: {px(15)}px; font-weight: 800; }}
    #drillCurtainTitle {{ font-size: {px(26)}px; font-weight: 800; }}
    #separator {{ background: {theme.line}; }}
    QScrollArea > QWidget > QWidget {{ background: transparent; }}
    """
