"""SDP (RFC 8866, 8829) as far as the one offer of a session and its answer go. Strict: what we do not need we skip,
what we need must be there and well formed."""

import re
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from comms.media.dtls import Fingerprint

_LIMIT_CHARACTERS = 200_000
_LIMIT_MEDIA = 32
_TOKEN = re.compile(r"[\w.+/-]{1,64}")
_ICE_TEXT = re.compile(r"[A-Za-z0-9+/]{4,256}")
_FINGERPRINT = re.compile(r"(sha-\d+) ((?:[0-9A-F]{2}:){19,63}[0-9A-F]{2})")
_SETUP_ROLES = ("actpass", "active", "passive")


class SdpError(ValueError):
    """The description cannot be used; the text says why."""


class MediaKind(StrEnum):
    AUDIO = "audio"
    VIDEO = "video"


class Direction(StrEnum):
    SENDRECV = "sendrecv"
    SENDONLY = "sendonly"
    RECVONLY = "recvonly"
    INACTIVE = "inactive"

    @property
    def sends(self) -> bool:
        return self in (Direction.SENDRECV, Direction.SENDONLY)

    @property
    def receives(self) -> bool:
        return self in (Direction.SENDRECV, Direction.RECVONLY)

    @property
    def mirrored(self) -> "Direction":
        """The same stream seen from the other side."""
        return {Direction.SENDONLY: Direction.RECVONLY, Direction.RECVONLY: Direction.SENDONLY}.get(self, self)


class Codec(msgspec.Struct, frozen=True):
    payload_type: int
    name: str
    """Lower case: `opus`, `h264`, `vp8`."""
    clock_rate_hz: int
    channels: int = 1
    format: str = ""
    """The fmtp line's parameters as they came."""
    feedback: tuple[str, ...] = ()

    @property
    def encoding(self) -> str:
        """The name as an rtpmap line spells it."""
        return self.name.upper() if self.clock_rate_hz == 90_000 else self.name

    @property
    def parameters(self) -> dict[str, str]:
        pairs = (item.strip().partition("=") for item in self.format.split(";") if item.strip())
        return {name.lower(): value for name, _, value in pairs}


class MediaSection(msgspec.Struct, frozen=True):
    """One m-line."""

    mid: str
    kind: str
    """`audio` or `video`; anything else is never accepted."""
    protocol: str
    direction: Direction
    codecs: tuple[Codec, ...]
    ssrcs: tuple[int, ...] = ()
    candidates: tuple[tuple[str, int], ...] = ()
    """UDP host and port of each, numeric addresses only."""
    is_rejected: bool = False
    has_rtcp_mux: bool = True
    has_rtcp_rsize: bool = False
    formats: tuple[str, ...] = ()


class Description(msgspec.Struct, frozen=True):
    ice_ufrag: str
    ice_pwd: str
    fingerprints: tuple[Fingerprint, ...]
    setup: str
    media: tuple[MediaSection, ...]


def parse(text: str) -> Description:
    """Raises SdpError."""
    if len(text) > _LIMIT_CHARACTERS or not text.startswith("v=0"):
        raise SdpError("not a session description")
    session, *sections = _split(text)
    if not sections or len(sections) > _LIMIT_MEDIA:
        raise SdpError("needs 1 to 32 media sections")
    media = tuple(_parse_section(lines, index) for index, lines in enumerate(sections))
    if len({section.mid for section in media}) != len(media):
        raise SdpError("two media sections have the same mid")
    # Everything is bundled, so the first section that has a transport speaks for all.
    scopes = [lines for lines, section in zip(sections, media, strict=True) if not section.is_rejected]
    lines = [*(scopes[0] if scopes else []), *session]
    return Description(
        ice_ufrag=_matched(_ICE_TEXT, _first(lines, "ice-ufrag"), "ice-ufrag"),
        ice_pwd=_matched(_ICE_TEXT, _first(lines, "ice-pwd"), "ice-pwd"),
        fingerprints=_fingerprints(lines),
        setup=_setup(lines),
        media=media,
    )


def _split(text: str) -> list[list[str]]:
    """The session's lines, then those of each media section."""
    parts: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.startswith("m="):
            parts.append([])
        parts[-1].append(line.strip())
    return parts


def _values(lines: Iterable[str], name: str) -> list[str]:
    prefix = f"a={name}:"
    return [line[len(prefix) :] for line in lines if line.startswith(prefix)]


def _first(lines: Iterable[str], name: str) -> str:
    return next(iter(_values(lines, name)), "")


def _matched(pattern: re.Pattern[str], value: str, name: str) -> str:
    if not pattern.fullmatch(value):
        raise SdpError(f"{name} is missing or malformed")
    return value


def _fingerprints(lines: Iterable[str]) -> tuple[Fingerprint, ...]:
    found: list[Fingerprint] = []
    for value in _values(lines, "fingerprint"):
        algorithm, _, digest = value.partition(" ")
        match = _FINGERPRINT.fullmatch(f"{algorithm.lower()} {digest.strip().upper()}")
        if match:
            found.append(Fingerprint(match[1], match[2]))
    if not found:
        raise SdpError("fingerprint is missing or malformed")
    return tuple(dict.fromkeys(found))


def _setup(lines: Iterable[str]) -> str:
    role = _first(lines, "setup") or "actpass"
    if role not in _SETUP_ROLES:
        raise SdpError("setup must be actpass, active or passive")
    return role


def _parse_section(lines: list[str], index: int) -> MediaSection:
    fields = lines[0][2:].split()
    if len(fields) < 4 or not fields[1].isdecimal():
        raise SdpError(f"malformed m-line {index}")
    attributes = {line[2:] for line in lines if line.startswith("a=")}
    directions = [direction for direction in Direction if direction.value in attributes]
    mid = _first(lines, "mid") or str(index)
    is_media = fields[0] in (MediaKind.AUDIO, MediaKind.VIDEO)
    return MediaSection(
        mid=_matched(_TOKEN, mid, "mid"),
        kind=fields[0],
        protocol=fields[2],
        direction=directions[0] if directions else Direction.SENDRECV,
        codecs=_codecs(lines, fields[3:]) if is_media else (),
        ssrcs=_ssrcs(lines),
        candidates=_candidates(lines),
        # Port 0 refuses a section, unless it only shares another's transport.
        is_rejected=fields[1] == "0" and "bundle-only" not in attributes,
        has_rtcp_mux="rtcp-mux" in attributes,
        has_rtcp_rsize="rtcp-rsize" in attributes,
        formats=tuple(fields[3:]),
    )


def _by_payload_type(lines: Iterable[str], name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for value in _values(lines, name):
        payload_type, _, rest = value.partition(" ")
        found.setdefault(payload_type, []).append(rest.strip())
    return found


def _codecs(lines: list[str], formats: list[str]) -> tuple[Codec, ...]:
    maps, formatting, feedback = (_by_payload_type(lines, name) for name in ("rtpmap", "fmtp", "rtcp-fb"))
    found: list[Codec] = []
    for payload_type in formats:
        if not payload_type.isdecimal() or int(payload_type) > 127:
            raise SdpError("malformed payload type")
        parts = maps.get(payload_type, [""])[0].split("/")
        if len(parts) < 2 or not parts[1].isdecimal():
            continue  # a static payload type without a map: none of ours
        found.append(
            Codec(
                payload_type=int(payload_type),
                name=parts[0].lower(),
                clock_rate_hz=int(parts[1]),
                channels=int(parts[2]) if len(parts) > 2 and parts[2].isdecimal() else 1,
                format=formatting.get(payload_type, [""])[0],
                feedback=tuple([*feedback.get(payload_type, ()), *feedback.get("*", ())]),
            )
        )
    return tuple(found)


def _ssrcs(lines: Iterable[str]) -> tuple[int, ...]:
    numbers = (value.split(" ")[0] for value in _values(lines, "ssrc"))
    return tuple(dict.fromkeys(int(number) for number in numbers if number.isdecimal() and int(number) < 1 << 32))


def _candidates(lines: Iterable[str]) -> tuple[tuple[str, int], ...]:
    found: list[tuple[str, int]] = []
    for value in _values(lines, "candidate"):
        fields = value.split()
        is_usable = len(fields) >= 8 and fields[1] == "1" and fields[2].lower() == "udp" and fields[5].isdecimal()
        if is_usable and not fields[4].endswith(".local") and 0 < int(fields[5]) < 65536:
            found.append((fields[4], int(fields[5])))
    return tuple(dict.fromkeys(found))


class Line(msgspec.Struct, frozen=True):
    """One media section of a description that we write."""

    mid: str
    kind: str
    protocol: str = "UDP/TLS/RTP/SAVPF"
    direction: Direction = Direction.INACTIVE
    codecs: tuple[Codec, ...] = ()
    """Empty: the section is refused."""
    ssrc: int | None = None
    """Of the stream we send here."""
    refused_formats: tuple[str, ...] = ("0",)
    has_rtcp_rsize: bool = False
    """Feedback may come by itself, without a report (RFC 5506)."""


class Transport(msgspec.Struct, frozen=True):
    """What all sections of a description that we write share."""

    ice_ufrag: str
    ice_pwd: str
    fingerprint: Fingerprint
    setup: str
    host: str
    port: int
    is_ice_lite: bool


CNAME = "wangge"
_HOST_PRIORITY = 2_130_706_431
"""126 << 24 | 65535 << 8 | 255: a host candidate, component 1 (RFC 8445, 5.1.2)."""


def write(transport: Transport, lines: Iterable[Line], *, session_id: int) -> str:
    """An offer (`setup` actpass) or an answer."""
    lines = list(lines)
    bundled = " ".join(line.mid for line in lines if line.codecs)
    text = [
        "v=0",
        f"o=- {session_id} 1 IN {_family(transport.host)} {transport.host}",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {bundled}",
        "a=msid-semantic: WMS *",
    ]
    if transport.is_ice_lite:
        text.append("a=ice-lite")
    for line in lines:
        text += _write_line(transport, line) if line.codecs else _write_refused(line)
    return "\r\n".join(text) + "\r\n"


def _family(host: str) -> str:
    return "IP6" if ":" in host else "IP4"


def _write_refused(line: Line) -> list[str]:
    formats = " ".join(line.refused_formats)
    return [f"m={line.kind} 0 {line.protocol} {formats}", "c=IN IP4 0.0.0.0", f"a=mid:{line.mid}", "a=inactive"]


def _write_line(transport: Transport, line: Line) -> list[str]:
    formats = " ".join(str(codec.payload_type) for codec in line.codecs)
    text = [
        f"m={line.kind} {transport.port} {line.protocol} {formats}",
        f"c=IN {_family(transport.host)} {transport.host}",
        f"a=mid:{line.mid}",
        f"a={line.direction}",
        f"a=ice-ufrag:{transport.ice_ufrag}",
        f"a=ice-pwd:{transport.ice_pwd}",
        f"a=fingerprint:{transport.fingerprint.algorithm} {transport.fingerprint.value}",
        f"a=setup:{transport.setup}",
        "a=rtcp-mux",
    ]
    if line.has_rtcp_rsize:
        text.append("a=rtcp-rsize")
    for codec in line.codecs:
        channels = f"/{codec.channels}" if codec.channels > 1 else ""
        text.append(f"a=rtpmap:{codec.payload_type} {codec.encoding}/{codec.clock_rate_hz}{channels}")
        if codec.format:
            text.append(f"a=fmtp:{codec.payload_type} {codec.format}")
        text += [f"a=rtcp-fb:{codec.payload_type} {feedback}" for feedback in codec.feedback]
    if line.ssrc is not None:
        text += [f"a=msid:{CNAME} {line.mid}", f"a=ssrc:{line.ssrc} cname:{CNAME}"]
    text += [f"a=candidate:1 1 udp {_HOST_PRIORITY} {transport.host} {transport.port} typ host", "a=end-of-candidates"]
    return text
