"""DTLS 1.2 over datagrams, for the one thing WebRTC uses it for: agreeing on SRTP keys with a peer whose certificate
fingerprint came with the signalling. No sockets: datagrams go in by `feed` and out by `take_outgoing`."""

import datetime
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL, crypto

from comms.media.srtp import PROFILES, SrtpKeys, derive_keys

_CIPHERS = b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305"
_DATAGRAM_BYTES = 1200
"""Handshake flights are cut to this, which every path of interest carries unfragmented."""
_VALID_FROM = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
_VALID_UNTIL = datetime.datetime(2120, 1, 1, tzinfo=datetime.UTC)
"""Fixed, so that no clock is needed: WebRTC checks the fingerprint, not the dates."""
_DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {
    "sha-256": hashes.SHA256,
    "sha-384": hashes.SHA384,
    "sha-512": hashes.SHA512,
}


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Digest of a certificate as SDP writes it: upper-case hexadecimal pairs with colons."""

    algorithm: str
    value: str


class Certificate:
    """A fresh self-signed identity; its fingerprint in the signalling is what vouches for it."""

    def __init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, secrets.token_hex(8))])
        builder = x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        certificate = builder.not_valid_before(_VALID_FROM).not_valid_after(_VALID_UNTIL).sign(key, hashes.SHA256())
        self.fingerprint = _fingerprint(certificate, "sha-256")
        self._context = _context(key, certificate)

    def connection(self) -> SSL.Connection:
        connection = SSL.Connection(self._context, None)
        connection.set_ciphertext_mtu(_DATAGRAM_BYTES)
        return connection


class DtlsState(StrEnum):
    HANDSHAKE = "handshake"
    ESTABLISHED = "established"
    FAILED = "failed"
    CLOSED = "closed"


class DtlsEndpoint:
    """One side of one association. Nothing is usable before ESTABLISHED, and that state is only reached by a peer
    whose certificate has one of the expected fingerprints."""

    def __init__(self, certificate: Certificate, *, is_server: bool, expected: Iterable[Fingerprint]) -> None:
        self.state = DtlsState.HANDSHAKE
        self.keys: SrtpKeys | None = None
        """Present exactly when ESTABLISHED."""
        self._expected = frozenset(expected)
        self._is_server = is_server
        self._tls = certificate.connection()
        self._tls.set_app_data(self._expected)
        if is_server:
            self._tls.set_accept_state()
        else:
            self._tls.set_connect_state()

    def start(self) -> None:
        """Send the first flight; only the client has one."""
        self._advance()

    def feed(self, datagram: bytes) -> None:
        """Take in one datagram. Garbage is ignored, as DTLS demands."""
        if self.state in (DtlsState.FAILED, DtlsState.CLOSED):
            return
        self._tls.bio_write(datagram)
        if self.state is DtlsState.HANDSHAKE:
            self._advance()
        else:
            self._read_on()

    def take_outgoing(self) -> Iterator[bytes]:
        """Datagrams to send now."""
        while True:
            try:
                # OpenSSL writes record by record; one read is at most one flight's worth of a datagram.
                yield self._tls.bio_read(_DATAGRAM_BYTES + 300)
            except SSL.WantReadError:
                return

    def retransmit_after_s(self) -> float | None:
        """Seconds until `on_timer` is due; None when nothing is outstanding."""
        if self.state is not DtlsState.HANDSHAKE:
            return None
        timeout: float | None = self._tls.DTLSv1_get_timeout()
        return timeout

    def on_timer(self) -> None:
        """Repeat the last flight if it is overdue."""
        if self.state is not DtlsState.HANDSHAKE:
            return
        try:
            self._tls.DTLSv1_handle_timeout()
        except SSL.Error:
            self.state = DtlsState.FAILED  # too many repeats

    def close(self) -> None:
        """Tell the peer, so that it need not find out by silence."""
        if self.state is DtlsState.ESTABLISHED:
            try:
                self._tls.shutdown()
            except SSL.Error:
                pass
        self.state = DtlsState.CLOSED

    def _advance(self) -> None:
        try:
            self._tls.do_handshake()
        except SSL.WantReadError:
            return
        except SSL.Error:
            self.state = DtlsState.FAILED
            return
        # OpenSSL has asked `_is_expected` already, so that the peer hears of it; asked again, because nothing else
        # vouches for the peer.
        certificate = self._tls.get_peer_certificate(as_cryptography=True)
        is_expected = certificate is not None and _is_expected(certificate, self._expected)
        self.keys = self._agreed_keys() if is_expected else None
        self.state = DtlsState.ESTABLISHED if self.keys else DtlsState.FAILED

    def _agreed_keys(self) -> SrtpKeys | None:
        profile = PROFILES.get(self._tls.get_selected_srtp_profile())
        if profile is None:
            return None
        material = self._tls.export_keying_material(b"EXTRACTOR-dtls_srtp", profile.material_bytes)
        return derive_keys(profile, material, is_server=self._is_server)

    def _read_on(self) -> None:
        """After the handshake only alerts and repeats of the peer's last flight come in."""
        try:
            while True:
                self._tls.recv(_DATAGRAM_BYTES)
        except SSL.WantReadError:
            pass
        except (SSL.ZeroReturnError, SSL.SysCallError):
            self.state = DtlsState.CLOSED
        except SSL.Error:
            pass  # a forged or broken record; the association stays


def _fingerprint(certificate: x509.Certificate, algorithm: str) -> Fingerprint:
    return Fingerprint(algorithm, certificate.fingerprint(_DIGESTS[algorithm]()).hex(":").upper())


def _is_expected(certificate: x509.Certificate, expected: Iterable[Fingerprint]) -> bool:
    return any(
        wanted.algorithm in _DIGESTS and _fingerprint(certificate, wanted.algorithm) == wanted for wanted in expected
    )


def _verify(connection: SSL.Connection, certificate: crypto.X509, *_: int) -> bool:
    """Nobody signs these certificates, so what OpenSSL thinks of them does not count."""
    try:
        return _is_expected(certificate.to_cryptography(), connection.get_app_data())
    except (ValueError, x509.InvalidVersion):
        return False  # OpenSSL takes certificates that cannot be read to their end


def _context(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> SSL.Context:
    context = SSL.Context(SSL.DTLS_METHOD)
    context.set_options(SSL.OP_NO_TICKET | SSL.OP_NO_QUERY_MTU)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, _verify)
    context.use_certificate(certificate)
    context.use_privatekey(key)
    context.set_cipher_list(_CIPHERS)
    context.set_tlsext_use_srtp(b":".join(PROFILES))
    return context
