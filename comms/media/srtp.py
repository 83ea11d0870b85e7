"""SRTP by libsrtp: keys agreed by DTLS turned into one sending and one receiving session."""

from dataclasses import dataclass
from typing import Any

from pylibsrtp import Error, Policy, Session

_REPLAY_WINDOW_PACKETS = 1024
_MOST_BYTES = 1500
"""What pylibsrtp has room for, and what a path of Ethernet carries whole; it raises at more."""
_MOST_SOURCES = 64
"""SSRCs that one peer may speak with: a phone has two. libsrtp keeps them for ever, in a list that it searches with
each packet: at 8,000 of them a packet cost 2 ms (measured), and the loop that spends them carries everybody's voice."""


@dataclass(frozen=True, slots=True)
class SrtpProfile:
    libsrtp_profile: int
    key_bytes: int
    salt_bytes: int

    @property
    def material_bytes(self) -> int:
        """What DTLS must export: a key and a salt for each side."""
        return 2 * (self.key_bytes + self.salt_bytes)


PROFILES: dict[bytes, SrtpProfile] = {
    b"SRTP_AEAD_AES_128_GCM": SrtpProfile(Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 16, 12),
    b"SRTP_AES128_CM_SHA1_80": SrtpProfile(Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 16, 14),
}
"""By OpenSSL's names, best first. WebRTC obliges everybody to have the second (RFC 8827, 6.5)."""


@dataclass(frozen=True, slots=True)
class SrtpKeys:
    profile: SrtpProfile
    sending: bytes
    receiving: bytes


def derive_keys(profile: SrtpProfile, material: bytes, *, is_server: bool) -> SrtpKeys:
    """Cut DTLS's export into master key and salt of each side (RFC 5764, 4.2)."""
    key, salt = profile.key_bytes, profile.salt_bytes
    client = material[:key] + material[2 * key : 2 * key + salt]
    server = material[key : 2 * key] + material[2 * key + salt :]
    return SrtpKeys(profile, server, client) if is_server else SrtpKeys(profile, client, server)


class Srtp:
    """Both directions of one association."""

    def __init__(self, keys: SrtpKeys) -> None:
        self._sending = _session(keys.profile, keys.sending, Policy.SSRC_ANY_OUTBOUND)
        self._receiving = _session(keys.profile, keys.receiving, Policy.SSRC_ANY_INBOUND)
        self.sending_handle: Any = self._sending._srtp[0]
        """libsrtp's own handle, for encrypting in place (see comms.media.fanout). Dies with this object."""
        self._sources: set[bytes] = set()

    def protect(self, packet: bytes) -> bytes:
        protected: bytes = self._sending.protect(packet)
        return protected

    def protect_rtcp(self, packet: bytes) -> bytes:
        protected: bytes = self._sending.protect_rtcp(packet)
        return protected

    def unprotect(self, packet: bytes) -> bytes | None:
        """None for a packet that is forged, broken, too long or a repeat, or of one source too many."""
        ssrc = packet[8:12]
        if len(packet) > _MOST_BYTES or self._is_one_too_many(ssrc):
            return None
        try:
            plain: bytes = self._receiving.unprotect(packet)
        except Error:
            return None
        self._sources.add(ssrc)
        return plain

    def unprotect_rtcp(self, packet: bytes) -> bytes | None:
        """As `unprotect`."""
        ssrc = packet[4:8]
        if len(packet) > _MOST_BYTES or self._is_one_too_many(ssrc):
            return None
        try:
            plain: bytes = self._receiving.unprotect_rtcp(packet)
        except Error:
            return None
        self._sources.add(ssrc)
        return plain

    def _is_one_too_many(self, ssrc: bytes) -> bool:
        return ssrc not in self._sources and len(self._sources) >= _MOST_SOURCES


def _session(profile: SrtpProfile, key: bytes, ssrc_type: int) -> Session:
    policy = Policy(key=key, ssrc_type=ssrc_type, srtp_profile=profile.libsrtp_profile)
    policy.window_size = _REPLAY_WINDOW_PACKETS
    return Session(policy)
