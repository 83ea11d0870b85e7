"""The forwarder between real clients over loopback."""

import asyncio
import socket
import time
from itertools import pairwise

import msgspec
import pytest

from comms.media import rtp, sdp, stun
from comms.media.batch import CAPACITY
from comms.media.client import DESK_LINES, H264, OPUS, VP8, MediaClient, MediaFailedError, MediaLine
from comms.media.client_transport import ClientState
from comms.media.dtls import Certificate
from comms.media.forwarder import Forwarder, MediaSession
from comms.media.negotiation import MediaRefusal, MediaRefusalReason
from comms.media.sdp import Direction, MediaKind
from comms.media.transport import CONSENT_S
from tests.support.lossy import Faults, LossyRelay, anything
from tests.support.media import FRAME, Caller, MediaSite, media_site, until


class SteppedClock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def group(site: MediaSite, talker: Caller, *listeners: Caller, route: str = "group") -> None:
    sinks = [(listener.name, "0") for listener in listeners]
    site.forwarder.set_route(route, source=talker.name, kind="audio", sinks=sinks)


async def test_a_burst_reaches_every_listener_untouched() -> None:
    async with media_site() as site:
        talker, *listeners = [await site.join(f"s{n}") for n in range(5)]
        group(site, talker, *listeners)
        burst = [bytes((n, 255 - n)) * 20 for n in range(10)]
        talker.say(*burst)
        await until(lambda: all(len(listener.heard) == 10 for listener in listeners))
        assert all(listener.payloads() == burst for listener in listeners)
        assert talker.heard == []
        stats = site.forwarder.stats()
        assert (stats.connected, stats.received, stats.forwarded, stats.dropped) == (5, 10, 40, 0)


async def test_a_crowd_larger_than_one_batch_hears_every_word_once() -> None:
    async with media_site() as site:
        talker, *listeners = [await site.join(f"s{n}") for n in range(CAPACITY + 7)]
        group(site, talker, *listeners)
        burst = [bytes((n,)) * (n + 1) for n in range(5)]
        talker.say(*burst)
        await until(lambda: all(len(listener.heard) == 5 for listener in listeners))
        assert all(listener.payloads() == burst for listener in listeners)
        assert site.forwarder.stats().forwarded == 5 * (CAPACITY + 6)


async def test_numbers_run_on_when_the_talker_changes() -> None:
    async with media_site() as site:
        first, second, listener = [await site.join(name) for name in ("a", "b", "c")]
        for talker in (first, second, first):
            group(site, talker, listener)
            before = len(listener.heard)
            talker.say(b"1", b"2", b"3")
            await until(lambda: len(listener.heard) == before + 3)  # noqa: B023
        packets = [packet for _, packet in listener.heard]
        assert {packet.ssrc for packet in packets} == {packets[0].ssrc}
        steps = [rtp.sequence_delta(b.sequence, a.sequence) for a, b in pairwise(packets)]
        assert steps == [1] * 8
        ticks = [rtp.timestamp_delta(b.timestamp, a.timestamp) for a, b in pairwise(packets)]
        assert [ticks[n] for n in (0, 1, 3, 4, 6, 7)] == [FRAME] * 6
        assert all(0 < tick < rtp.AUDIO_RATE_HZ for tick in ticks)
        assert [packet.is_marked for packet in packets] == [True, False, False] * 3


async def test_a_closed_gate_lets_nothing_through() -> None:
    async with media_site() as site:
        talker, listener = await site.join("a"), await site.join("b")
        talker.say(b"before")
        group(site, talker, listener)
        await until(lambda: site.forwarder.stats().received == 1)
        talker.say(b"during")
        await until(lambda: listener.heard)
        site.forwarder.clear_route("group")
        talker.say(b"after")
        await until(lambda: site.forwarder.stats().received == 3)
        group(site, talker, listener)
        talker.say(b"again")
        await until(lambda: b"again" in listener.payloads())
        assert b"after" not in listener.payloads()


async def test_late_entry_and_leaving() -> None:
    async with media_site() as site:
        talker, early, late = [await site.join(name) for name in ("a", "b", "c")]
        group(site, talker, early)
        talker.say(b"1")
        await until(lambda: early.heard)
        site.forwarder.add_sink("group", "c", "0")
        site.forwarder.add_sink("group", "c", "0")
        talker.say(b"2")
        await until(lambda: late.heard)
        site.forwarder.remove_sink("group", "b")
        talker.say(b"3")
        await until(lambda: len(late.heard) == 2)
        assert early.payloads() == [b"1", b"2"]
        assert late.payloads() == [b"2", b"3"]
        assert late.heard[0][1].is_marked


async def test_who_is_added_singly_is_served_before_the_crowd() -> None:
    async with media_site() as site:
        talker, one, other, desk = [await site.join(name) for name in ("talker", "one", "other", "desk")]
        served: list[str] = []
        for listener in (one, other, desk):
            listener.client.on_audio = lambda _mid, _packet, name=listener.name: served.append(name)
        group(site, talker, one, other)
        site.forwarder.add_sink("group", "desk", "0")
        talker.say(b"word")
        await until(lambda: len(served) == 3)
        assert served == ["desk", "one", "other"]


async def test_a_slot_plays_the_newest_route_only() -> None:
    async with media_site() as site:
        first, second, listener = [await site.join(name) for name in ("a", "b", "c")]
        group(site, first, listener, route="one")
        group(site, second, listener, route="two")
        first.say(b"hidden")
        second.say(b"heard")
        await until(lambda: site.forwarder.stats().received == 2)
        await until(lambda: listener.heard)
        assert listener.payloads() == [b"heard"]


async def test_changing_only_the_listeners_keeps_the_numbers() -> None:
    async with media_site() as site:
        talker, stays, comes = [await site.join(name) for name in ("a", "b", "c")]
        group(site, talker, stays)
        talker.client.send_audio(b"1", FRAME)
        await until(lambda: stays.heard)
        group(site, talker, stays, comes)
        talker.client.send_audio(b"2", FRAME)
        await until(lambda: comes.heard and len(stays.heard) == 2)
        one, two = (packet for _, packet in stays.heard)
        assert (rtp.sequence_delta(two.sequence, one.sequence), two.is_marked) == (1, False)


async def test_nonsense_routes_are_passed_over() -> None:
    async with media_site() as site:
        talker, listener = await site.join("a"), await site.join("b")
        forwarder = site.forwarder
        sinks = [("a", "0"), ("b", "1"), ("b", "77"), ("nobody", "0"), ("b", "0")]
        forwarder.set_route("r", source="a", kind="audio", sinks=sinks)
        for missing in ("x", "r"):
            forwarder.add_sink(missing, "nobody", "0")
            forwarder.remove_sink(missing, "nobody")
        forwarder.clear_route("x")
        forwarder.set_tap("nobody", "audio", lambda *_: None)
        forwarder.request_key_frame("nobody")
        forwarder.request_key_frame("a")
        talker.say(b"1")
        await until(lambda: listener.heard)


async def test_drain_waits_for_the_last_frame_in_whatever_order() -> None:
    """Packets every 3 ms with up to 9 ms of jitter overtake each other as 20 ms ones do with 60 ms."""
    async with (
        LossyRelay(Faults(delay_s=0.002, jitter_s=0.009), seed=11) as relay,
        media_site(advertised=relay.address) as site,
    ):
        relay.lead_to(site.forwarder.address)
        talker, listener = await site.join("a"), await site.join("b")
        drained: list[bool] = []
        for burst in range(6):
            said = [f"{burst}.{n}".encode() for n in range(12)]
            group(site, talker, listener)
            last = await talker.speak(*said, every_s=0.003)
            site.forwarder.drain("group", last_sequence=last, on_drained=lambda: drained.append(True))
            await until(lambda: len(drained) == burst + 1)  # noqa: B023
        everything = {f"{burst}.{n}".encode() for burst in range(6) for n in range(12)}
        await until(lambda: everything <= set(listener.payloads()))


async def test_drain_without_a_number_and_drain_of_nothing_end_by_time() -> None:
    async with media_site() as site:
        talker, listener = await site.join("a"), await site.join("b")
        drained: list[str] = []
        site.forwarder.drain("no route", last_sequence=3, on_drained=lambda: drained.append("nothing"))
        assert drained == []
        group(site, talker, listener)
        talker.say(b"1", b"2")
        site.forwarder.drain("group", last_sequence=None, on_drained=lambda: drained.append("timed"))
        await until(lambda: "timed" in drained)
        assert listener.payloads() == [b"1", b"2"]
        assert drained == ["nothing", "timed"]


async def test_a_new_burst_overrides_a_drain_and_an_absurd_number_is_no_number() -> None:
    async with media_site() as site:
        talker, listener = await site.join("a"), await site.join("b")
        drained: list[str] = []
        group(site, talker, listener)
        last = talker.say(b"1")
        await until(lambda: listener.heard)
        site.forwarder.drain("group", last_sequence=last - 2000, on_drained=lambda: drained.append("old"))
        talker.client.send_audio(b"2", FRAME)
        await until(lambda: len(listener.heard) == 2)
        group(site, talker, listener)
        last = talker.say(b"3")
        await until(lambda: len(listener.heard) == 3)
        site.forwarder.drain("group", last_sequence=None, on_drained=lambda: drained.append("replaced"))
        site.forwarder.drain("group", last_sequence=last, on_drained=lambda: drained.append("new"))
        await until(lambda: drained)
        assert drained == ["new"]


async def test_a_talker_who_vanishes_counts_as_drained() -> None:
    async with media_site() as site:
        talker, listener = await site.join("a"), await site.join("b")
        drained: list[bool] = []
        group(site, talker, listener)
        site.forwarder.set_route("other", source="a", kind="audio", sinks=[])
        site.forwarder.drain("group", last_sequence=5, on_drained=lambda: drained.append(True))
        site.forwarder.close_session("a")
        site.forwarder.close_session("a")
        await until(lambda: drained)
        assert talker.events == ["connected"]


async def test_taps_see_payload_and_time() -> None:
    async with media_site() as site:
        talker = await site.join("a")
        tapped: list[tuple[bytes, int]] = []
        site.forwarder.set_tap("a", "audio", lambda payload, ticks, _at: tapped.append((payload, ticks)), tap_id="1")
        site.forwarder.set_tap("a", "video", lambda *_: tapped.append((b"video", 0)))
        talker.say(b"1", b"2")
        await until(lambda: len(tapped) == 2)
        assert [payload for payload, _ in tapped] == [b"1", b"2"]
        assert tapped[1][1] - tapped[0][1] in (FRAME, FRAME - (1 << 32))
        site.forwarder.set_tap("a", "audio", None, tap_id="1")
        talker.say(b"3")
        await until(lambda: site.forwarder.stats().received == 3)
        assert len(tapped) == 2


async def test_voice_is_noticed_even_behind_a_closed_gate_but_not_for_every_packet() -> None:
    clock = SteppedClock()
    async with media_site(clock=clock) as site:
        talker = await site.join("a")
        noticed: list[str] = []
        site.forwarder.on_voice = noticed.append
        talker.say(*[b"x"] * 5)
        await until(lambda: site.forwarder.stats().received == 5)
        assert noticed == ["a"]
        clock.now_s += 0.45
        talker.say(b"y")
        await until(lambda: len(noticed) == 2)


async def test_video_starts_with_a_key_frame_and_asks_for_one() -> None:
    async with media_site() as site:
        camera, desk = await site.join("a"), await site.join("d", DESK_LINES)
        assert camera.client.video_codec == "h264"
        camera.client.send_video([b"\x61primer"])
        await until(lambda: site.forwarder.stats().received == 1)
        site.forwarder.set_route("v", source="a", kind="video", sinks=[("d", "5")])
        await until(lambda: camera.key_frame_requests == 1)
        camera.client.send_video([b"\x61delta"])
        camera.client.send_video([b"\x67sps", b"\x65idr"])
        await until(lambda: len(desk.seen) == 2)
        assert [(mid, packet.payload, packet.is_marked) for mid, packet in desk.seen] == [
            ("5", b"\x67sps", False),
            ("5", b"\x65idr", True),
        ]
        assert desk.seen[0][1].timestamp == desk.seen[1][1].timestamp


async def test_key_frame_requests_of_watchers_reach_the_camera_throttled() -> None:
    clock = SteppedClock()
    async with media_site(clock=clock) as site:
        camera, desk, other = await site.join("a"), await site.join("d", DESK_LINES), await site.join("e", DESK_LINES)
        camera.client.send_video([b"\x67sps"])
        await until(lambda: site.forwarder.stats().received == 1)
        site.forwarder.set_route("v", source="a", kind="video", sinks=[("d", "4")])
        site.forwarder.add_sink("v", "e", "4")
        await until(lambda: camera.key_frame_requests == 1)
        clock.now_s += 1
        site.forwarder.tick()
        await until(lambda: camera.key_frame_requests == 2)
        camera.client.send_video([b"\x67sps"])
        await until(lambda: desk.seen and other.seen)
        clock.now_s += 1
        for watcher in (desk, other):
            watcher.client.request_key_frame("4")
            watcher.client.request_key_frame("5")
        await until(lambda: camera.key_frame_requests == 3)


async def test_lost_video_is_repeated_to_the_watcher_and_by_the_camera() -> None:
    async with LossyRelay(Faults(), seed=1) as relay, media_site(advertised=relay.address) as site:
        relay.lead_to(site.forwarder.address)
        camera, desk = await site.join("a"), await site.join("d", DESK_LINES)
        site.forwarder.set_route("v", source="a", kind="video", sinks=[("d", "4")])
        camera.client.send_video([b"\x67sps"])
        await until(lambda: desk.seen)
        relay.faults = Faults(loss=1.0)
        camera.client.send_video([b"\x61gone", b"\x61too"])
        await until(lambda: relay.lost == 2)
        relay.faults = Faults()
        camera.client.send_video([b"\x61next"])
        await until(lambda: len(desk.seen) == 4)
        base = desk.seen[0][1].sequence
        by_sequence = {rtp.sequence_delta(packet.sequence, base): packet.payload for _, packet in desk.seen}
        assert by_sequence == {0: b"\x67sps", 1: b"\x61gone", 2: b"\x61too", 3: b"\x61next"}


async def test_a_watcher_gets_lost_video_again_from_the_forwarder() -> None:
    async with LossyRelay(Faults(), seed=1) as relay, media_site() as site:
        camera = await site.join("a")
        relay.lead_to(site.forwarder.address)
        desk = site.invite("d", DESK_LINES, port=relay.address[1])
        await until(lambda: "connected" in desk.events)
        await desk.client.connected()
        site.forwarder.set_route("v", source="a", kind="video", sinks=[("d", "4")])
        camera.client.send_video([b"\x67sps"])
        await until(lambda: desk.seen)
        relay.faults = Faults(loss=1.0)
        camera.client.send_video([b"\x61one", b"\x61two"])
        await until(lambda: relay.lost == 2)
        relay.faults = Faults()
        first = desk.seen[0][1].sequence
        desk.client.request_repeat("4", [(first + 1) & 0xFFFF, (first + 2) & 0xFFFF, (first + 9) & 0xFFFF])
        await until(lambda: len(desk.seen) == 3)
        assert [packet.payload for _, packet in desk.seen[1:]] == [b"\x61one", b"\x61two"]
        desk.client.request_repeat("0", [1, 2])


async def test_a_watcher_without_the_codec_is_sent_nothing() -> None:
    vp8_only = (MediaLine("4", MediaKind.VIDEO, Direction.RECVONLY, (VP8,)),)
    h264_only = (MediaLine("1", MediaKind.VIDEO, Direction.SENDONLY, (H264,)),)
    async with media_site() as site:
        camera, desk = await site.join("a", h264_only), await site.join("d", vp8_only)
        site.forwarder.set_route("v", source="a", kind="video", sinks=[("d", "4")])
        camera.client.send_video([b"\x67sps"])
        await until(lambda: site.forwarder.stats().received == 1)
        assert desk.seen == []
        with pytest.raises(MediaFailedError):
            desk.client.send_audio(b"", FRAME)


async def test_each_listener_gets_the_payload_type_it_negotiated() -> None:
    other_opus = (
        MediaLine("0", MediaKind.AUDIO, Direction.RECVONLY, (msgspec.structs.replace(OPUS, payload_type=96),)),
    )
    async with media_site() as site:
        talker, plain, other = await site.join("a"), await site.join("b"), await site.join("c", other_opus)
        group(site, talker, plain, other)
        talker.say(b"1")
        await until(lambda: plain.heard and other.heard)
        assert (plain.heard[0][1].payload_type, other.heard[0][1].payload_type) == (111, 96)


async def test_reports_go_both_ways() -> None:
    async with media_site() as site:
        talker, listener = await site.join("a"), await site.join("b")
        group(site, talker, listener)
        talker.say(b"1", b"2", b"3")
        await until(lambda: len(listener.heard) == 3)
        for _ in range(5):
            site.forwarder.tick()
        await until(lambda: MediaKind.AUDIO in talker.client.reports)
        report = talker.client.reports[MediaKind.AUDIO]
        assert (report.fraction_lost, report.lost) == (0, 0)


async def test_a_wrong_certificate_is_refused() -> None:
    async with media_site() as site:
        right = site.forwarder
        client = MediaClient(clock=time.monotonic)
        imposter = Certificate().fingerprint.value
        offer = client.offer()
        own = offer.split("a=fingerprint:sha-256 ")[1].split("\r\n")[0]
        states: list[ClientState] = []
        client.on_state = states.append
        connected: list[bool] = []
        session = right.open_session(
            "x", offer.replace(own, imposter), on_connected=lambda: connected.append(True), on_lost=lambda: None
        )
        assert isinstance(session, MediaSession)
        client.accept(session.sdp)
        await until(lambda: ClientState.FAILED in states)
        with pytest.raises(MediaFailedError):
            await client.connected()
        assert not connected
        assert site.forwarder.stats().connected == 0
        client.close()


async def test_a_client_refuses_a_gateway_with_a_wrong_certificate() -> None:
    async with media_site() as site:
        client = MediaClient(clock=time.monotonic)
        session = site.forwarder.open_session("x", client.offer(), on_connected=lambda: None, on_lost=lambda: None)
        assert isinstance(session, MediaSession)
        right = session.sdp.split("a=fingerprint:sha-256 ")[1].split("\r\n")[0]
        client.accept(session.sdp.replace(right, Certificate().fingerprint.value))
        with pytest.raises(MediaFailedError):
            await client.connected()
        client.close()


async def test_only_authentic_checks_are_answered() -> None:
    async with media_site() as site:
        caller = await site.join("a")
        loop = asyncio.get_running_loop()
        stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        stranger.setblocking(False)
        stranger.bind(("127.0.0.1", 0))
        answer = sdp.parse(caller.session.sdp)
        offer_ufrag = sdp.parse(caller.client.offer()).ice_ufrag

        def check(username: str, password: str) -> bytes:
            return stun.binding_request(
                b"123456789012", username=username, password=password.encode(), priority=1, tie_breaker=1,
                is_nomination=True,
            )  # fmt: skip

        right_name = f"{answer.ice_ufrag}:{offer_ufrag}"
        before = site.forwarder.stats().ignored
        forged = [
            check(right_name, "wrong-password"),
            check(f"nobody:{offer_ufrag}", answer.ice_pwd),
            check(f"{answer.ice_ufrag}:nobody", answer.ice_pwd),
            bytes((22, 254, 253)) + bytes(60),  # a DTLS hello from an address nobody validated
            bytes((0x80, 111)) + bytes(40),  # and RTP
        ]
        for datagram in forged:
            stranger.sendto(datagram, site.forwarder.address)
        await until(lambda: site.forwarder.stats().ignored == before + len(forged))
        stranger.sendto(check(right_name, answer.ice_pwd), site.forwarder.address)
        only_answer = await asyncio.wait_for(loop.sock_recv(stranger, 2048), 30)
        assert only_answer[:2] == b"\x01\x01"
        with pytest.raises(BlockingIOError):
            stranger.recv(2048)
        stranger.close()


async def test_consent_expires_and_returns() -> None:
    clock = SteppedClock()
    async with media_site(clock=clock) as site:
        talker, listener = await site.join("a"), await site.join("b")
        group(site, talker, listener)
        clock.now_s += CONSENT_S - 1
        for _ in range(10):  # a tenth of the sessions at a time
            site.forwarder.tick()
        assert listener.events == ["connected"]
        clock.now_s += 2
        for _ in range(10):
            site.forwarder.tick()
        assert listener.events == talker.events == ["connected", "lost"]
        talker.say(b"into the void")
        await until(lambda: site.forwarder.stats().ignored)
        assert site.forwarder.stats().forwarded == 0
        for caller in (talker, listener):
            caller.client.check_now()
        await until(lambda: listener.events[-1] == talker.events[-1] == "connected")
        talker.say(b"back")
        await until(lambda: listener.payloads() == [b"back"])


async def test_a_client_that_moves_to_another_address_stays_connected() -> None:
    async with LossyRelay(Faults(), seed=3) as relay, media_site(advertised=relay.address) as site:
        relay.lead_to(site.forwarder.address)
        talker, listener = await site.join("a"), await site.join("b")
        group(site, talker, listener)
        talker.say(b"1")
        await until(lambda: listener.heard)
        relay.rebind()
        listener.client.check_now()
        talker.client.check_now()
        await until(lambda: site.forwarder.stats().received == 1)

        async def speak() -> None:
            while b"2" not in listener.payloads():
                talker.say(b"2")
                await asyncio.sleep(0.01)

        await asyncio.wait_for(speak(), 30)
        assert listener.events == ["connected"]


async def test_a_farewell_is_noticed_on_both_sides() -> None:
    async with media_site() as site:
        leaves, stays = await site.join("a"), await site.join("b")
        leaves.client.close()
        await until(lambda: leaves.events == ["connected", "lost"])
        states: list[ClientState] = []
        stays.client.on_state = states.append
        site.forwarder.close_session("b")
        await until(lambda: states == [ClientState.FAILED])


async def test_a_session_opened_again_replaces_the_old_one() -> None:
    async with media_site() as site:
        talker, old = await site.join("a"), await site.join("b")
        group(site, talker, old)
        new = await site.join("b")
        group(site, talker, new)
        talker.say(b"1")
        await until(lambda: new.heard)
        assert old.heard == []
        assert site.forwarder.stats().sessions == 2


async def test_a_sink_may_be_named_before_it_is_connected() -> None:
    async with media_site() as site:
        talker = await site.join("a")
        listener = site.invite("b")
        group(site, talker, listener)
        await listener.client.connected()
        await until(lambda: listener.events)
        talker.say(b"1")
        await until(lambda: listener.heard)


async def test_the_handshake_survives_loss() -> None:
    """Everything suffers here, STUN and DTLS too; the client repeats its flights after 1 s."""
    async with (
        LossyRelay(Faults(loss=0.1, delay_s=0.002, jitter_s=0.004), seed=5) as relay,
        media_site(advertised=relay.address) as site,
    ):
        relay.is_faulty = anything
        relay.lead_to(site.forwarder.address)
        callers = [site.invite(str(n)) for n in range(2)]
        await asyncio.gather(*(caller.client.connected() for caller in callers))
        await until(lambda: all(caller.events for caller in callers))
        assert relay.lost > 0


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("v=0", "v=9", MediaRefusalReason.MALFORMED),
        ("a=fingerprint:sha-256 ", "a=fingerprint:md5 ", MediaRefusalReason.MALFORMED),
        ("a=rtcp-mux", "a=rtcp", MediaRefusalReason.NO_RTCP_MUX),
        ("a=setup:actpass", "a=setup:passive", MediaRefusalReason.WRONG_SETUP),
        ("RTP/SAVPF", "RTP/AVP", MediaRefusalReason.NO_CODEC),
    ],
)
async def test_offers_that_cannot_be_taken_up_are_refused(old: str, new: str, reason: MediaRefusalReason) -> None:
    async with media_site() as site:
        client = MediaClient(clock=time.monotonic)
        refusal = site.forwarder.open_session(
            "x", client.offer().replace(old, new), on_connected=lambda: None, on_lost=lambda: None
        )
        client.close()
        assert isinstance(refusal, MediaRefusal)
        assert refusal.reason is reason
        assert site.forwarder.stats().sessions == 0


async def test_a_port_in_use_is_an_os_error() -> None:
    async with media_site() as site:
        second = Forwarder(host="127.0.0.1", port=site.forwarder.address[1], clock=time.monotonic)
        with pytest.raises(OSError, match="in use"):
            await second.start()
        await second.close()


async def test_the_gateway_repeats_its_flight_by_its_own_timer() -> None:
    """Its first flight is lost, and every hello after the first: nothing but its own timer, after 1 s, helps."""
    hellos = 0

    def is_lost(datagram: bytes) -> bool:
        nonlocal hellos
        is_handshake = len(datagram) > 13 and datagram[0] == 22
        if is_handshake and datagram[13] == 1:
            hellos += 1
            return hellos > 1
        return is_handshake and datagram[13] == 2 and relay.lost == 0

    async with LossyRelay(Faults(loss=1.0), seed=5) as relay, media_site(advertised=relay.address) as site:
        relay.lead_to(site.forwarder.address)
        relay.is_faulty = is_lost
        caller = site.invite("a")
        await caller.client.connected()
        await until(lambda: caller.events == ["connected"])
        assert relay.lost > 0


async def test_what_the_kernel_does_not_take_is_loss_and_is_counted() -> None:
    async with media_site() as site:
        talker, listener, desk = await site.join("a"), await site.join("b"), await site.join("d", DESK_LINES)
        group(site, talker, listener, desk)
        site.forwarder.set_route("v", source="a", kind="video", sinks=[("d", "4")])
        for name in ("b", "d"):
            site.forwarder._sessions[name].transport.address = ("127.0.0.1", 0)
        site.forwarder._sessions["d"].transport.send_rtcp(bytes((0x80, 201, 0, 1, 0, 0, 0, 1)))
        talker.say(b"1")
        talker.client.send_video([b"\x67sps"])
        await until(lambda: site.forwarder.stats().received == 2)
        assert (site.forwarder.stats().forwarded, site.forwarder.stats().dropped) == (0, 3)


async def test_what_preceded_a_late_entry_is_not_forwarded_afterwards() -> None:
    """A packet overtaken before a listener entered has no number in his stream any more."""
    async with LossyRelay(Faults(), seed=2) as relay, media_site(advertised=relay.address) as site:
        relay.lead_to(site.forwarder.address)
        talker, listener = await site.join("a"), await site.join("b")
        relay.faults = Faults(delay_s=0.3)
        talker.client.send_audio(b"overtaken", FRAME)
        await until(lambda: relay.carried == 1)
        relay.faults = Faults()
        for _ in range(12):
            talker.client.send_audio(b"gone by", FRAME)
        await until(lambda: site.forwarder.stats().received == 12)
        group(site, talker, listener)
        talker.client.send_audio(b"heard", FRAME)
        await until(lambda: listener.heard)
        await until(lambda: site.forwarder.stats().received == 14)
        talker.client.send_audio(b"last", FRAME)
        await until(lambda: len(listener.heard) == 2)
        assert listener.payloads() == [b"heard", b"last"]


async def test_a_key_frame_whose_first_packet_was_overtaken_is_shown_whole() -> None:
    async with LossyRelay(Faults(), seed=2) as relay, media_site(advertised=relay.address) as site:
        relay.lead_to(site.forwarder.address)
        camera, desk = await site.join("a"), await site.join("d", DESK_LINES)
        camera.client.send_video([b"\x61primer"])
        await until(lambda: site.forwarder.stats().received == 1)
        site.forwarder.set_route("v", source="a", kind="video", sinks=[("d", "4")])
        await until(lambda: camera.key_frame_requests)
        first = b"\x67" + bytes(500)
        relay.faults, relay.is_faulty = Faults(delay_s=0.05), lambda datagram: len(datagram) > 400
        camera.client.send_video([first, b"\x68pps", b"\x65idr"])
        camera.client.send_video([b"\x61next"])
        await until(lambda: len(desk.seen) == 4)
        newest = desk.seen[-1][1].sequence
        in_order = sorted((rtp.sequence_delta(packet.sequence, newest), packet.payload) for _, packet in desk.seen)
        assert [payload for _, payload in in_order] == [first, b"\x68pps", b"\x65idr", b"\x61next"]
        assert [number - in_order[0][0] for number, _ in in_order] == [0, 1, 2, 3]
