"""What a password has to be, as data and rules: how long, of which kinds, not easily guessed, not too old."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

DAY_S = 86_400.0


class PasswordRules(msgspec.Struct, frozen=True, kw_only=True):
    """GB/T 22239-2019 8.1.4.1 a) asks for complexity and change at intervals; the figures are its usual practice."""

    min_chars: int = 10
    min_kinds: int = 3
    """Of capital letters, small letters, figures, and everything else."""
    remembered: int = 5
    """So many of the last ones are not taken again."""
    max_age_s: float = 90 * DAY_S
    warn_s: float = 7 * DAY_S
    """The officer is told so long before it has to be changed."""


RULES = PasswordRules()


class PasswordFault(StrEnum):
    TOO_SHORT = "too_short"
    TOO_FEW_KINDS = "too_few_kinds"
    HAS_NAME = "has_name"
    COMMON = "common"
    USED_BEFORE = "used_before"


_DISGUISES = str.maketrans("0134578@$!|", "oieastbasil")
_EVERYBODY_KNOWS = frozenset(
    """
    password passwort passwd admin administrator root user guest test demo letmein welcome secret master login
    qwerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm abc iloveyou woaini hello dragon monkey football sunshine
    wangge wanggeyuan wanggedesk zhihui paidan zhiban duty officer gateway terminal china zhongguo dongguan huawei
    aa aaa abcd changeme default mima kouling
    """.split()  # noqa: SIM905 - fifty words read better as words
)
"""What a guesser tries first, as its letters alone; ours, made from the words of this product and trade."""
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)
_SHORTEST_RUN = 4
_FEWEST_DIFFERENT = 5
_SHORTEST_NAME = 3


def faults_of(password: str, names: Iterable[str], rules: PasswordRules = RULES) -> tuple[PasswordFault, ...]:
    """All that is wrong with it but for its past, in the order it is said. `names` are the officer's."""
    found: list[PasswordFault] = []
    if len(password) < rules.min_chars:
        found.append(PasswordFault.TOO_SHORT)
    if kinds_of(password) < rules.min_kinds:
        found.append(PasswordFault.TOO_FEW_KINDS)
    if any(_is_in(name, password) for name in names):
        found.append(PasswordFault.HAS_NAME)
    if is_common(password):
        found.append(PasswordFault.COMMON)
    return tuple(found)


def kinds_of(password: str) -> int:
    """How many of the four kinds of characters it has."""
    kinds = {
        "capital" if one.isupper() else "small" if one.islower() else "figure" if one.isdigit() else "other"
        for one in password
    }
    return len(kinds)


def is_common(password: str) -> bool:
    """Known to every guesser: a word of the list, however disguised and followed by figures; or little else than runs
    along the alphabet or the keyboard, or than a few characters again and again."""
    plain = password.casefold()
    if len(set(plain)) < _FEWEST_DIFFERENT:
        return True
    for written in (plain, plain.translate(_DISGUISES), plain.strip("0123456789!@#$%^&*._-+").translate(_DISGUISES)):
        if "".join(one for one in written if one.isalpha()) in _EVERYBODY_KNOWS:
            return True
    return _in_runs(plain) > len(plain) * 0.7


def _in_runs(plain: str) -> int:
    """How many of its characters lie in runs of four or more, forwards or backwards."""
    count = at = 0
    while at < len(plain):
        longest = max(_run_at(plain, at, row) for row in (*_ROWS, *(row[::-1] for row in _ROWS)))
        count += longest
        at += max(1, longest)
    return count


def _run_at(plain: str, at: int, row: str) -> int:
    """Characters from `at` on that follow each other in the row; 0 when fewer than a run."""
    begin = row.find(plain[at])
    length = 0
    while 0 <= begin < len(row) - length and plain[at + length : at + length + 1] == row[begin + length]:
        length += 1
    return length if length >= _SHORTEST_RUN else 0


def _is_in(name: str, password: str) -> bool:
    """Forwards or backwards; a name of one or two letters is in too much."""
    plain, within = name.strip().casefold(), password.casefold()
    shortest = _SHORTEST_NAME if plain.isascii() else 2
    return len(plain) >= shortest and (plain in within or plain[::-1] in within)


class PasswordAge(StrEnum):
    FRESH = "fresh"
    ENDING = "ending"
    """Still good, and the officer is told when it ends."""
    EXPIRED = "expired"
    """Has to be changed at the next sign-in."""


def age_of(changed_at: float, *, now: float, rules: PasswordRules = RULES) -> PasswordAge:
    """Both Unix seconds."""
    left_s = changed_at + rules.max_age_s - now
    if left_s <= 0:
        return PasswordAge.EXPIRED
    return PasswordAge.ENDING if left_s <= rules.warn_s else PasswordAge.FRESH
