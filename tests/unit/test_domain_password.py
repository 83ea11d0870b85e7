"""What a password has to be, and when it has to be changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.password import DAY_S, RULES, PasswordAge, PasswordFault, age_of, faults_of, is_common, kinds_of
from comms.protocol.account_words import fault_words, faults_words
from comms.protocol.errors import Locale

NAMES = ("wang.min", "李建国", "ab")


@pytest.mark.parametrize(
    ("password", "faults"),
    [
        ("Tian-Qiao.88x", []),
        ("correct-horse-2026", []),
        ("天桥下第三盏灯Xy7", []),
        ("Kp7-x", [PasswordFault.TOO_SHORT]),
        ("onlysmallletters", [PasswordFault.TOO_FEW_KINDS]),
        ("Tian.wang.min88", [PasswordFault.HAS_NAME]),
        ("Tian-nim.gnaw88", [PasswordFault.HAS_NAME]),
        ("李建国-Tian-8801x", [PasswordFault.HAS_NAME]),
        ("P@ssw0rd2026!", [PasswordFault.COMMON]),
        ("wangge2026", [PasswordFault.TOO_FEW_KINDS, PasswordFault.COMMON]),
        ("", [PasswordFault.TOO_SHORT, PasswordFault.TOO_FEW_KINDS, PasswordFault.COMMON]),
    ],
)
def test_what_is_wrong_with_a_password(password: str, faults: list[PasswordFault]) -> None:
    assert list(faults_of(password, NAMES)) == faults


@pytest.mark.parametrize(
    "password",
    ["Admin#2026", "1qaz2wsx3E!", "qwertyUIOP1!", "Abcdefgh12345!", "87654321-Zyxw", "Aa1!Aa1!Aa1!", "Wangge@123"],
)
def test_everybody_knows_it(password: str) -> None:
    assert is_common(password)


@given(st.text(max_size=40))
def test_no_password_is_too_strange_to_be_weighed(password: str) -> None:
    assert 0 <= kinds_of(password) <= 4
    assert set(faults_of(password, (password,))) <= set(PasswordFault)


@pytest.mark.parametrize(
    ("days", "age"),
    [(0, PasswordAge.FRESH), (82, PasswordAge.FRESH), (83, PasswordAge.ENDING), (90, PasswordAge.EXPIRED)],
)
def test_a_password_grows_old(days: float, age: PasswordAge) -> None:
    assert age_of(1_000.0, now=1_000.0 + days * DAY_S) is age


def test_the_rules_are_said_with_their_figures() -> None:
    assert fault_words(PasswordFault.TOO_SHORT, Locale.ZH_CN) == "至少 10 个字符"
    assert faults_words([PasswordFault.USED_BEFORE, PasswordFault.COMMON], Locale.EN) == (
        f"none of the last {RULES.remembered}; not one that is easily guessed"
    )
