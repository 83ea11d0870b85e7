"""Which RTP sources of a client are taken in."""

import struct

from comms.media.checks import ANSWERS_AT_ONCE, Checks
from comms.media.sources import ANNOUNCED_LIMIT, LEARNT_LIMIT, REPORTING_LIMIT, KnownSources

HOME = ("192.0.2.10", 40_000)
AWAY = ("192.0.2.99", 40_000)


def _rtp(ssrc: int) -> bytes:
    return struct.pack("!BBHII", 0x80, 111, 1, 1, ssrc)


def _rtcp(ssrc: int) -> bytes:
    return struct.pack("!BBHI", 0x80, 201, 1, ssrc)


def test_what_the_offer_names_is_all_there_is() -> None:
    sources = KnownSources(range(1, 100))
    assert sources.admits(_rtp(ANNOUNCED_LIMIT))
    assert not sources.admits(_rtp(ANNOUNCED_LIMIT + 1))
    sources.took(_rtp(500))
    assert not sources.admits(_rtp(500))


def test_who_names_none_may_show_a_few() -> None:
    sources = KnownSources([])
    for ssrc in range(100):
        assert sources.admits(_rtp(ssrc)), "what was not decrypted takes no place"
    for ssrc in range(LEARNT_LIMIT):
        sources.took(_rtp(ssrc))
    assert sources.admits(_rtp(0))
    assert not sources.admits(_rtp(LEARNT_LIMIT))


def test_reporters_are_learnt_too() -> None:
    sources = KnownSources([7])
    for ssrc in range(100, 100 + REPORTING_LIMIT):
        assert sources.admits_report(_rtcp(ssrc))
        sources.took_report(_rtcp(ssrc))
    assert sources.admits_report(_rtcp(100))
    assert sources.admits_report(_rtcp(7))
    assert not sources.admits_report(_rtcp(9))


def test_answers_are_rationed_and_the_ration_comes_back() -> None:
    checks = Checks(now=0.0)
    assert sum(checks.may_answer(0.0) for _ in range(1000)) == ANSWERS_AT_ONCE
    assert checks.may_answer(0.1)


def test_old_checks_are_forgotten_in_turn() -> None:
    checks = Checks(now=0.0)
    for n in range(600):
        checks.take(struct.pack("!IQ", n, 0), HOME, now=0.0, keep=HOME)
    assert checks.is_replay(struct.pack("!IQ", 599, 0), AWAY)
    assert checks.is_replay(struct.pack("!IQ", 100, 0), AWAY)
    assert not checks.is_replay(struct.pack("!IQ", 1, 0), AWAY)
    assert not checks.is_replay(struct.pack("!IQ", 599, 0), HOME)
