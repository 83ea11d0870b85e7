"""Roles that lists of told entries share: the log and an order's timeline."""

from PySide6.QtCore import Qt

WORDS_ROLE = int(Qt.ItemDataRole.UserRole)
TIME_ROLE = WORDS_ROLE + 1
ICON_ROLE = WORDS_ROLE + 2
TONE_ROLE = WORDS_ROLE + 3
ACTION_ROLE = WORDS_ROLE + 4
"""The icon of the button on the right, or an empty string."""
THING_ROLE = WORDS_ROLE + 5
"""What was told of, for a click."""
