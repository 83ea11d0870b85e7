"""The authority for desks' certificates: kept by the gateway and trusted by it alone, so that who signs for servers
signs for no desk, and changing it is nobody else's business."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from ssl import CERT_OPTIONAL, SSLContext, VerifyFlags

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from comms.gateway import tls

STEM = "desk-ca"
_NO_CHECK_TIME = VerifyFlags(0x200000)
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which Python has no name for. Who shows one that has ended gets as far as the
sign-in, where he is told so; asyncio would hang up on him without a word."""


class DeskRule(StrEnum):
    OFF = "off"
    ASKED = "asked"
    """Looked at where one is shown."""
    DEMANDED = "demanded"


@dataclass(frozen=True, slots=True)
class DeskPair:
    """A new certificate and its key, which exists nowhere else."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def serial(self) -> str:
        return serial_of(self.certificate)

    def pem(self) -> bytes:
        key = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return self.certificate.public_bytes(serialization.Encoding.PEM) + key

    def pkcs12(self, password: str) -> bytes:
        encryption = serialization.BestAvailableEncryption(password.encode())
        name = desk_of(self.certificate).encode()
        return pkcs12.serialize_key_and_certificates(name, self.key, self.certificate, None, encryption)


def issue(data: Path, desk: str, *, life: timedelta, now: datetime) -> DeskPair:
    """Makes the authority, too, where there is none or it ends too soon. Raises OSError or ValueError."""
    folder = data / tls.FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority = _authority(folder, now, life)
    key = ec.generate_private_key(ec.SECP256R1())
    subject, issuer = tls.subject_of(desk), authority.certificate.subject
    serial = x509.random_serial_number()
    builder = (
        tls.builder_of(subject, issuer, key.public_key(), serial, now, life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
    )
    return DeskPair(builder.sign(authority.key, hashes.SHA256()), key)


def _authority(folder: Path, now: datetime, life: timedelta) -> tls.Identity:
    """One that outlives what it signs; the ones before stay trusted, each in a file of its own, until they end."""
    current = tls.load_identity(folder / STEM)
    if current is not None and current.certificate.not_valid_after_utc >= now + life:
        return current
    if current is not None:
        kept = folder / f"{STEM}-{serial_of(current.certificate)}.crt"
        tls.write_file(kept, current.certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)
    return tls.keep_identity(folder / STEM, tls.make_authority(now, "Wangge Desk authority for desks"))


def trusted(data: Path, *, now: datetime) -> str:
    """All that sign for desks, in PEM; made when there is none. Raises OSError or ValueError."""
    folder = data / tls.FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _authority(folder, now, timedelta())
    return "".join(file.read_text() for file in files(data))


def files(data: Path) -> Iterator[Path]:
    yield from sorted((data / tls.FOLDER).glob(f"{STEM}*.crt"))


def ask_for(context: SSLContext, authorities: str) -> None:
    """From now on, who connects may be asked for a certificate, and one of somebody else's ends the connection. It is
    asked for after the handshake (RFC 8446, 4.6.2), and only of who comes as a desk: browsers never offer that, and a
    phone that holds certificates for other things would else bother its owner with a choice. May be called again when
    there are more authorities."""
    context.load_verify_locations(cadata=authorities)
    context.verify_flags |= _NO_CHECK_TIME
    context.verify_mode = CERT_OPTIONAL
    context.post_handshake_auth = True


def serial_of(certificate: x509.Certificate) -> str:
    return f"{certificate.serial_number:x}"


def desk_of(certificate: x509.Certificate) -> str:
    """What the desk is called."""
    [name] = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(name.value)
