"""Encryption of the one port: the site's own certificate, or one by a local authority the gateway keeps."""

import ipaddress
import os
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LIFE = timedelta(days=5 * 365)
SERVER_LIFE = timedelta(days=397)
"""The longest browsers accept."""
RENEW_BEFORE = timedelta(days=30)
ROLL_BEFORE = timedelta(days=120)
"""The next authority is made so long before this one ends: its certificate has to reach all terminals and desks."""
SWITCH_BEFORE = timedelta(days=45)
"""From then on the next one signs; this one is trusted until it ends."""
TRUST = "trust.crt"
"""All authorities to be trusted now, one behind the other: what goes onto terminals and desks."""
_BACKDATED = timedelta(hours=1)
"""For terminals whose clock is behind."""
FOLDER = "tls"
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2 (RFC 9325, 4.2): no key exchange by RSA, no CBC, no SHA-1. Those of 1.3 are all good."""
HANDSHAKE_TIMEOUT_S = 10.0
"""Whoever does not finish by then is hung up on."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.3, and 1.2 with forward secrecy and authenticated encryption only. No tickets are given out: their key
    would lie in memory as long as the gateway runs, and open all that was said. (A session of 1.2 may be resumed by its
    id, which Python cannot switch off; its secret stays here.) Raises OSError or ssl.SSLError when the files are no
    pair."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION | ssl.OP_NO_TICKET
    context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
    context.num_tickets = 0
    context.load_cert_chain(certificate, key)
    return context


def local_context(data: Path, *, hosts: Iterable[str], now: datetime) -> ssl.SSLContext:
    """For all addresses that are listened on, by the local authority in `data`, made at the first call; its certificate
    (ca.crt) goes onto the terminals."""
    make_local(data, hosts=hosts, now=now)
    return server_context(data / FOLDER / "server.crt", data / FOLDER / "server.key")


def make_local(data: Path, *, hosts: Iterable[str], now: datetime) -> None:
    """Bring the folder up to date: authority, the next one when this one ends soon, a server's certificate that is
    good, and who is to be trusted. Called again it changes what is due. Raises OSError or ValueError."""
    folder = data / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority, trusted = _authorities(folder, now)
    names = {name for host in hosts for name in _names(host)}
    server = load_identity(folder / "server")
    if server is None or not _is_good(server.certificate, authority.certificate, names, now):
        keep_identity(folder / "server", _make_server(authority, names, now))
    pem = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in trusted)
    if not (folder / TRUST).exists() or (folder / TRUST).read_bytes() != pem:
        write_file(folder / TRUST, pem, mode=0o644)


def _authorities(folder: Path, now: datetime) -> tuple[Identity, list[x509.Certificate]]:
    """Who signs now, and all who are to be trusted."""
    following = load_identity(folder / "ca-next")
    current = load_identity(folder / "ca") or keep_identity(folder / "ca", following or make_authority(now))
    ends = current.certificate.not_valid_after_utc
    if following is None and now >= ends - ROLL_BEFORE:
        following = keep_identity(folder / "ca-next", make_authority(now))
    if following is not None and following != current and now >= ends - SWITCH_BEFORE:
        write_file(folder / "ca-old.crt", current.certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)
        current, following = keep_identity(folder / "ca", following), None
        for suffix in (".crt", ".key"):
            (folder / "ca-next").with_suffix(suffix).unlink(missing_ok=True)
    trusted = [current.certificate]
    if following is not None:
        trusted.append(following.certificate)
    if (folder / "ca-old.crt").exists():
        before = x509.load_pem_x509_certificate((folder / "ca-old.crt").read_bytes())
        if before.not_valid_after_utc > now and before != current.certificate:
            trusted.append(before)
    return current, trusted


def _names(host: str) -> set[str]:
    """Every name and address this machine may be called by."""
    own = {"localhost", "127.0.0.1", socket.gethostname()}
    if host not in ("0.0.0.0", "::"):
        return own | {host}
    try:
        own |= {str(entry[4][0]).partition("%")[0] for entry in socket.getaddrinfo(socket.gethostname(), None)}
    except OSError:
        pass  # a machine that does not know its own name is still reached by address
    return own


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _is_good(certificate: x509.Certificate, issuer: x509.Certificate, names: set[str], now: datetime) -> bool:
    covered = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        certificate.issuer == issuer.subject
        and certificate.not_valid_after_utc - RENEW_BEFORE > now
        and {_general_name(name) for name in names} <= set(covered)
    )


def make_authority(now: datetime, name: str = "Wangge Desk local authority") -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    serial = x509.random_serial_number()
    subject = subject_of(f"{name} {serial % 0xFFFF:04x}")
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        builder_of(subject, subject, key.public_key(), serial, now, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
    )
    return Identity(builder.sign(key, hashes.SHA256()), key)


def _make_server(authority: Identity, names: set[str], now: datetime) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    life = min(SERVER_LIFE, authority.certificate.not_valid_after_utc - now)
    subject, issuer = subject_of("Wangge Desk gateway"), authority.certificate.subject
    builder = (
        builder_of(subject, issuer, key.public_key(), x509.random_serial_number(), now, life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in sorted(names)]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
    )
    return Identity(builder.sign(authority.key, hashes.SHA256()), key)


def builder_of(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    serial: int,
    now: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(serial)
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def subject_of(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def load_identity(stem: Path) -> Identity | None:
    certificate, key = stem.with_suffix(".crt"), stem.with_suffix(".key")
    if not certificate.exists() or not key.exists():
        return None
    loaded = serialization.load_pem_private_key(key.read_bytes(), password=None)
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{key} holds no elliptic-curve key")
    found = Identity(x509.load_pem_x509_certificate(certificate.read_bytes()), loaded)
    is_pair = found.certificate.public_key() == loaded.public_key()
    return found if is_pair else None  # a process that was killed between two files


def keep_identity(stem: Path, identity: Identity) -> Identity:
    key = identity.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_file(stem.with_suffix(".key"), key, mode=0o600)
    write_file(stem.with_suffix(".crt"), identity.certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)
    return identity


def write_file(path: Path, data: bytes, *, mode: int) -> None:
    """Never readable by others, not even for a moment."""
    temporary = path.with_name(f"{path.name}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with open(descriptor, "wb") as file:
        file.write(data)
    os.replace(temporary, path)


def utc_now(now: float) -> datetime:
    """`now` is Unix seconds."""
    return datetime.fromtimestamp(now, UTC)
