"""Which world something belongs to: what is real, or a drill (演练). Nothing passes from one to the other."""

from enum import StrEnum


class Realm(StrEnum):
    LIVE = "live"
    DRILL = "drill"


_MARK = "drill."
"""What every secret of a drill begins with, so that one that strays is told from a wrong one."""
DRILL_NAME = "【演练 DRILL】"
"""What everything of a drill begins with that people read."""

DRILL_SOURCE = "drill:"
"""What the source of an alarm begins with that a drill's story raised: no rule and no picture ends it."""


def sealed(secret: str, realm: Realm) -> str:
    """A secret as it is given out in a realm: a token, a device's token, an enrolment code."""
    return f"{_MARK}{secret}" if realm is Realm.DRILL else secret


def realm_of(secret: str) -> Realm:
    """Which realm a secret was given out in."""
    return Realm.DRILL if secret.strip().lower().startswith(_MARK) else Realm.LIVE


def marked(words: str, realm: Realm) -> str:
    """What people read of a drill says so, once."""
    if realm is Realm.LIVE or not words.strip() or words.startswith(DRILL_NAME):
        return words
    return f"{DRILL_NAME}{words}"
