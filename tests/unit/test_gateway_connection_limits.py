"""Counting connections: limits are held, and what has gone is counted no more."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.gateway.connection_limits import (
    ConnectionLimits,
    Crowded,
    LimitPlan,
    Peer,
    group_of,
    is_this_machine,
    within_descriptors,
)
from comms.gateway.origins import Origins, is_origin

PLAN = LimitPlan(connections=8, by_address=4, strangers_by_address=2, rate_by_address=1.0, burst_by_address=100.0)
ADDRESSES = ("192.0.2.1", "192.0.2.2", "127.0.0.1", "2001:db8::1")


def limits(plan: LimitPlan = PLAN) -> ConnectionLimits:
    return ConnectionLimits(plan, network_time=lambda: 0.0)


def test_strangers_are_fewer_than_those_who_signed_in() -> None:
    held = limits()
    for port in (1, 2):
        assert held.come(("192.0.2.1", port))
        assert held.refusal(("192.0.2.1", port)) is None
    assert held.come(("192.0.2.1", 3)), "taken, to be told so"
    assert held.refusal(("192.0.2.1", 3)) is Crowded.STRANGERS
    assert not held.come(("192.0.2.1", 4)), "far over the limit"
    held.gone(("192.0.2.1", 3))
    for port in (1, 2):
        held.introduced(("192.0.2.1", port))
        held.introduced(("192.0.2.1", port))
    assert held.strangers == 0
    for port in (5, 6):
        assert held.come(("192.0.2.1", port))
        assert held.refusal(("192.0.2.1", port)) is None
        held.introduced(("192.0.2.1", port))
    assert held.come(("192.0.2.1", 7))
    assert held.refusal(("192.0.2.1", 7)) is Crowded.ADDRESS
    assert held.refused == {Crowded.STRANGERS: 2, Crowded.ADDRESS: 1}
    assert held.come(("192.0.2.2", 1)), "another address is not concerned"


def test_all_together_have_a_limit_of_which_this_machine_is_a_part() -> None:
    held = limits()
    for port in range(8):
        assert held.come(("127.0.0.1", port))
        assert held.refusal(("127.0.0.1", port)) is None
    assert held.come(("192.0.2.1", 1))
    assert held.refusal(("192.0.2.1", 1)) is Crowded.ALL
    assert not held.come(("192.0.2.1", 2), is_polite=False), "a port that cannot say so hangs up"
    assert held.come(("192.0.2.1", 3))
    assert not held.come(("192.0.2.1", 4)), "far over the limit"
    held.gone(("127.0.0.1", 0))
    held.gone(("127.0.0.1", 0))
    held.introduced(("127.0.0.1", 0))
    assert held.refusal(("127.0.0.1", 0)) is None


def test_who_comes_too_fast_is_hung_up_on_until_time_has_passed() -> None:
    now = 0.0
    held = ConnectionLimits(LimitPlan(rate_by_address=10.0, burst_by_address=5.0), network_time=lambda: now)
    assert [held.come(("192.0.2.1", port)) for port in range(7)] == [True] * 5 + [False] * 2
    assert held.refused[Crowded.RATE] == 2
    assert held.come(("192.0.2.2", 1))
    now = 0.1
    assert held.come(("192.0.2.1", 8))


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from(["come", "gone", "introduced"]), st.sampled_from(ADDRESSES), st.integers(0, 9)),
        max_size=60,
    )
)
def test_counts_are_those_of_what_is_open(steps: list[tuple[str, str, int]]) -> None:
    held, opened, strangers = limits(), set[Peer](), set[Peer]()
    for what, address, port in steps:
        peer = (address, port)
        if what == "come" and peer not in opened:
            if held.come(peer):
                opened.add(peer)
                strangers.add(peer)
        elif what == "gone":
            held.gone(peer)
            opened.discard(peer)
            strangers.discard(peer)
        elif what == "introduced":
            held.introduced(peer)
            strangers.discard(peer)
        assert (len(held), held.strangers) == (len(opened), len(strangers))
        assert len(opened) <= PLAN.connections * 1.25
        for one in ADDRESSES:
            count = sum(group_of(address) == group_of(one) for address, _ in opened)
            assert is_this_machine(one) or count <= PLAN.by_address * 1.25


def test_one_address_is_what_one_customer_has() -> None:
    assert group_of("2001:db8:1:2:3::4") == group_of("2001:db8:1:2:ffff::1") != group_of("2001:db8:1:3::1")
    assert group_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert group_of("fe80::1%eth0") == "fe80::/64"
    assert is_this_machine(group_of("::1"))
    assert not is_this_machine(group_of("unknown"))


def test_no_more_than_there_are_descriptors() -> None:
    assert within_descriptors(LimitPlan(), 1024).connections == 512
    assert within_descriptors(LimitPlan(), 100).connections == 1
    assert within_descriptors(LimitPlan(), 1_000_000) == LimitPlan()


@pytest.mark.parametrize(
    ("origin", "host", "is_allowed"),
    [
        (None, "anything", True),
        ("https://desk.test:8470", "desk.test:8470", True),
        ("https://DESK.test:8470", "desk.TEST:8470", True),
        ("http://127.0.0.1:8470", "127.0.0.1:8470", True),
        ("http://[::1]:8470", "[::1]:8470", True),
        ("https://a.town.test", "a.town.test", True),
        ("https://other.test", "desk.test:8470", True),
        ("https://desk.test", "desk.test:8470", False),
        ("https://evil.test:8470", "evil.test:8470", False),
        ("https://desk.test.evil.test", "desk.test.evil.test", False),
        ("https://a.b.town.test", "a.b.town.test", False),
        ("https://town.test", "town.test", False),
        ("null", "desk.test:8470", False),
        ("", "desk.test:8470", False),
        ("https://desk.test:8470/", "desk.test:8470", False),
        ("https://desk.test:8470@evil.test", "desk.test:8470@evil.test", False),
        ("file://desk.test:8470", "desk.test:8470", False),
        ("https://[desk.test", "[desk.test", False),
        ("https://desk.test:8470", None, False),
    ],
)
def test_only_our_own_pages_and_listed_ones_may_come(origin: str | None, host: str | None, is_allowed: bool) -> None:
    origins = Origins(["desk.test", "*.town.test"], ["https://other.test/"])
    assert origins.allows(origin, host) is is_allowed


@settings(max_examples=50)
@given(st.text(max_size=60), st.text(max_size=60))
def test_no_origin_raises(origin: str, host: str) -> None:
    Origins(["desk.test"]).allows(origin, host)
    is_origin(origin)


def test_origins_on_the_command_line_are_whole() -> None:
    assert is_origin("https://desk.example:8443")
    assert not any(is_origin(text) for text in ("desk.example", "https://desk.example/", "ftp://x", "https://[x", "*"))
