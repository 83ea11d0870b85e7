"""Offers of browsers, aiortc and our own client, read strictly and answered."""

import msgspec
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.sdp import SessionDescription
from hypothesis import given
from hypothesis import strategies as st

from comms.media import sdp
from comms.media.dtls import Fingerprint
from comms.media.negotiation import Agreement, MediaRefusal, MediaRefusalReason, agree
from comms.media.sdp import Codec, Direction, Line, MediaKind, SdpError

DIGEST = ":".join(["AB"] * 32)
CHROMIUM = f"""v=0
o=- 4215775240449105457 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=extmap-allow-mixed
a=msid-semantic: WMS abc
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 0 8 13 110
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:1 1 udp 2113937151 2f0e9ad5-9b0a-4b7c-8c2a-1f.local 43210 typ host generation 0 network-cost 999
a=candidate:2 1 udp 2113937151 192.0.2.9 43211 typ host
a=candidate:3 1 tcp 1518280447 192.0.2.9 9 typ host tcptype active
a=candidate:4 2 udp 2113937151 192.0.2.9 43212 typ host
a=ice-ufrag:4ZcD
a=ice-pwd:2/1muCWoOi3uLifh0NuRHlOw
a=ice-options:trickle
a=fingerprint:sha-256 {DIGEST.lower()}
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=sendrecv
a=msid:abc track
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:0 PCMU/8000
a=ssrc:3735928559 cname:x
a=ssrc:3735928559 msid:abc track
m=video 0 UDP/TLS/RTP/SAVPF 96 97 102 103 106 45
a=bundle-only
a=mid:1
a=sendonly
a=rtcp-mux
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 transport-cc
a=rtcp-fb:96 ccm fir
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:102 H264/90000
a=rtcp-fb:102 nack pli
a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
a=rtpmap:103 H264/90000
a=fmtp:103 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f
a=rtpmap:106 H264/90000
a=fmtp:106 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=rtpmap:45 AV1/90000
""".replace("\n", "\r\n")


def test_a_browsers_offer_is_read() -> None:
    offer = sdp.parse(CHROMIUM)
    assert (offer.ice_ufrag, offer.ice_pwd, offer.setup) == ("4ZcD", "2/1muCWoOi3uLifh0NuRHlOw", "actpass")
    assert offer.fingerprints == (Fingerprint("sha-256", DIGEST),)
    audio, video = offer.media
    assert (audio.mid, audio.kind, audio.direction, audio.ssrcs) == ("0", "audio", Direction.SENDRECV, (3735928559,))
    assert audio.candidates == (("192.0.2.9", 43211),)
    assert audio.codecs[0] == Codec(111, "opus", 48000, 2, "minptime=10;useinbandfec=1", ("transport-cc",))
    assert not video.is_rejected


def test_a_browsers_offer_is_taken_up() -> None:
    agreement = agree(sdp.parse(CHROMIUM))
    assert isinstance(agreement, Agreement)
    assert [plan.slot.mid for plan in agreement.slots] == ["0"]
    assert [(sending.mid, sending.kind, sending.codecs) for sending in agreement.sendings] == [
        ("0", MediaKind.AUDIO, {111: "opus"}),
        ("1", MediaKind.VIDEO, {106: "h264", 96: "vp8"}),
    ]
    video = agreement.lines[1]
    assert [codec.payload_type for codec in video.codecs] == [106, 96], "constrained baseline first, VP8 second"
    assert video.codecs[1].feedback == ("ccm fir", "nack", "nack pli")
    assert agreement.lines[0].direction is Direction.SENDRECV
    assert video.direction is Direction.RECVONLY


def answer_to(offer: str, *, ssrc: int | None = 77) -> str:
    agreement = agree(sdp.parse(offer))
    assert isinstance(agreement, Agreement)
    transport = sdp.Transport(
        ice_ufrag="gate", ice_pwd="p" * 22, fingerprint=Fingerprint("sha-256", DIGEST), setup="passive",
        host="192.0.2.1", port=8470, is_ice_lite=True,
    )  # fmt: skip
    lines = [msgspec.structs.replace(line, ssrc=ssrc if line.direction.sends else None) for line in agreement.lines]
    return sdp.write(transport, lines, session_id=1)


def test_the_answer_is_read_by_aiortc_and_by_ourselves() -> None:
    text = answer_to(CHROMIUM)
    other = SessionDescription.parse(text)
    assert other.media[0].ssrc[0].ssrc == 77
    assert [candidate.port for candidate in other.media[0].ice_candidates] == [8470]
    assert str(other.group[0]) == "BUNDLE 0 1"
    own = sdp.parse(text)
    assert own.media[0].candidates == (("192.0.2.1", 8470),)
    assert own.media[1].codecs[0].name == "h264"
    assert "a=ice-lite\r\n" in text


async def test_aiortc_takes_the_answer_to_its_own_offer() -> None:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.addTransceiver("audio", direction="sendrecv")
    connection.addTransceiver("video", direction="recvonly").setCodecPreferences(
        [codec for codec in RTCRtpSender.getCapabilities("video").codecs if "rtx" not in codec.mimeType]
    )
    await connection.setLocalDescription(await connection.createOffer())
    text = answer_to(connection.localDescription.sdp)
    await connection.setRemoteDescription(RTCSessionDescription(text, "answer"))
    await connection.close()


def test_sections_of_no_use_are_refused_one_by_one() -> None:
    offer = CHROMIUM + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\na=sctp-port:5000\r\n"
    offer += "m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:3\r\na=rtpmap:96 VP8/90000\r\na=inactive\r\n"
    text = answer_to(offer)
    assert "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n" in text
    assert "m=video 0 UDP/TLS/RTP/SAVPF 96\r\n" in text
    assert "a=group:BUNDLE 0 1\r\n" in text


def test_an_ipv6_gateway_says_so() -> None:
    transport = sdp.Transport("gate", "p" * 22, Fingerprint("sha-256", DIGEST), "passive", "2001:db8::1", 8470, True)
    text = sdp.write(transport, [Line("0", "audio", codecs=(Codec(111, "opus", 48000, 2),))], session_id=1)
    assert "c=IN IP6 2001:db8::1" in text
    assert sdp.parse(text).media[0].candidates == (("2001:db8::1", 8470),)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("v=0", "v=1"),
        ("a=ice-ufrag:4ZcD", "a=ice-ufrag:4Z"),
        ("a=ice-ufrag:4ZcD", "a=x"),
        ("a=ice-pwd:2/1muCWoOi3uLifh0NuRHlOw", "a=ice-pwd:spaces are not allowed"),
        ("a=fingerprint:sha-256 ", "a=fingerprint:md5 "),
        (DIGEST.lower(), "AB:CD"),
        ("a=setup:actpass", "a=setup:holdconn"),
        ("m=audio 9", "m=audio nine"),
        ("m=audio 9 UDP/TLS/RTP/SAVPF 111 63 0 8 13 110", "m=audio 9 UDP/TLS/RTP/SAVPF"),
        ("SAVPF 111", "SAVPF 999"),
        ("a=mid:1", "a=mid:0"),
        ("a=mid:1", "a=mid:<script>"),
    ],
)
def test_what_we_need_must_be_well_formed(old: str, new: str) -> None:
    with pytest.raises(SdpError):
        sdp.parse(CHROMIUM.replace(old, new))


def test_too_many_sections_or_none_are_refused() -> None:
    head, _, rest = CHROMIUM.partition("m=audio")
    with pytest.raises(SdpError):
        sdp.parse(head)
    with pytest.raises(SdpError):
        sdp.parse(head + "".join(f"m=audio{rest.replace('a=mid:', f'a=mid:{n}x')}" for n in range(20)))
    with pytest.raises(SdpError):
        sdp.parse("v=0\r\n" + "x" * 200_001)


@given(st.integers(0, len(CHROMIUM)), st.text(max_size=30), st.integers(0, 100))
def test_any_text_is_refused_or_read(position: int, inserted: str, removed: int) -> None:
    text = CHROMIUM[:position] + inserted + CHROMIUM[position + removed :]
    try:
        offer = sdp.parse(text)
    except SdpError:
        return
    agreement = agree(offer)
    assert isinstance(agreement, Agreement | MediaRefusal)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("a=setup:actpass", "a=setup:passive", MediaRefusalReason.WRONG_SETUP),
        ("a=rtcp-mux", "a=x", MediaRefusalReason.NO_RTCP_MUX),
        ("RTP/SAVPF", "RTP/AVP", MediaRefusalReason.NO_CODEC),
        ("/90000", "/8000", None),
        ("opus/48000", "opus/16000", None),
    ],
)
def test_why_an_offer_is_refused(old: str, new: str, reason: MediaRefusalReason | None) -> None:
    result = agree(sdp.parse(CHROMIUM.replace(old, new)))
    if reason is None:
        assert isinstance(result, Agreement)
        assert len(result.sendings) == 1
    else:
        assert isinstance(result, MediaRefusal)
        assert result.reason is reason
