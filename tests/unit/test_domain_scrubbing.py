"""What a log line may not hold is taken out, and what it is for stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.scrubbing import HIDDEN, scrub


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("call to 13800138000 failed", f"call to {HIDDEN} failed"),
        ("call to +86 138-0013-8000 failed", f"call to {HIDDEN} failed"),
        ("0769-22881234 busy", f"{HIDDEN} busy"),
        ("id 441900198001011234 read", f"id {HIDDEN} read"),
        ("mail duty.officer@example.org", f"mail {HIDDEN}"),
        ("password=Sommer2026! given", f"password={HIDDEN} given"),
        ('{"token": "abc123"}', f'{{"token": "{HIDDEN}"}}'),
        ("口令：天王盖地虎 错", f"口令：{HIDDEN} 错"),
        ("https://user:pass@peer.example/v1", f"https://{HIDDEN}@peer.example/v1"),
        ("fix 23.020712,113.751834 late", f"fix {HIDDEN},{HIDDEN} late"),
        ("lat=23.02 lon=113.75", f"lat={HIDDEN} lon={HIDDEN}"),
        ("device qLk3vV0aZx9Tn2Rb7Yc5Wd1Ef8Gh4Jm6 unknown", f"device {HIDDEN} unknown"),
        ("4000000 bytes wait", "4000000 bytes wait"),
        ("event 1234567 of 10.0.0.17:8470 took 0.0123 s", "event 1234567 of 10.0.0.17:8470 took 0.0123 s"),
        ("unit:u0001: order.issue refused, the store failed: disk full", None),
        ("2026-11-30 21:26:50,123 INFO the tokens of officer:wang end", None),
    ],
)
def test_a_line(line: str, said: str | None) -> None:
    assert scrub(line) == (line if said is None else said)


@given(st.text(max_size=40), st.text(max_size=40), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_no_telephone_number_is_left(before: str, after: str, number: str) -> None:
    assert number not in scrub(f"{before} {number} {after}")


@given(st.text(max_size=200))
def test_any_line_is_scrubbed_once_for_all(line: str) -> None:
    assert scrub(scrub(line)) == scrub(line)
