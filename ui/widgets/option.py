"""What a delegate is told of the line it draws. Qt's type stubs leave both out."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem


def place_of(option: QStyleOptionViewItem) -> QRect:
    place: QRect = option.rect  # type: ignore[attr-defined]  # the stubs lack it
    return place


def state_of(option: QStyleOptionViewItem) -> QStyle.StateFlag:
    state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]  # the stubs lack it
    return state
