"""The local certificate authority: made once, private, renewed, and believed by a client that has it."""

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from comms.gateway.tls import (
    AUTHORITY_LIFE,
    FOLDER,
    RENEW_BEFORE,
    ROLL_BEFORE,
    SERVER_LIFE,
    SWITCH_BEFORE,
    TRUST,
    local_context,
    make_local,
    server_context,
    utc_now,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def certificate(data: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((data / FOLDER / f"{name}.crt").read_bytes())


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> str | None:
    """In memory, without a socket; the version agreed on. Raises ssl.SSLError when the client does not believe."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(to_client, to_server, server_hostname=name),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(4):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return ends[0].version()


def test_a_client_with_the_authority_believes_every_name_of_the_gateway(tmp_path: Path) -> None:
    server = local_context(tmp_path, hosts=["10.1.2.3", "hub.test"], now=datetime.now(UTC))
    client = ssl.create_default_context(cafile=str(tmp_path / FOLDER / "ca.crt"))
    for name in ("10.1.2.3", "hub.test", "127.0.0.1", "localhost"):
        assert handshake(server, client, name) in ("TLSv1.2", "TLSv1.3")
    with pytest.raises(ssl.SSLError):
        handshake(server, client, "elsewhere.test")
    with pytest.raises(ssl.SSLError):
        handshake(server, ssl.create_default_context(), "localhost")


def test_keys_are_for_the_owner_alone(tmp_path: Path) -> None:
    local_context(tmp_path, hosts=["127.0.0.1"], now=NOW)
    for name in ("ca.key", "server.key"):
        assert stat.S_IMODE((tmp_path / FOLDER / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / FOLDER).stat().st_mode) == 0o700


def test_the_authority_stays_and_the_servers_certificate_is_renewed_when_needed(tmp_path: Path) -> None:
    def serial(name: str) -> int:
        return certificate(tmp_path, name).serial_number

    local_context(tmp_path, hosts=["10.1.2.3"], now=NOW)
    authority, first = serial("ca"), serial("server")
    local_context(tmp_path, hosts=["10.1.2.3"], now=NOW + timedelta(days=1))
    assert serial("server") == first
    local_context(tmp_path, hosts=["10.9.9.9"], now=NOW)
    second = serial("server")
    assert second != first, "a new address"
    local_context(tmp_path, hosts=["10.9.9.9"], now=NOW + SERVER_LIFE - RENEW_BEFORE)
    assert serial("server") != second, "it runs out soon"
    assert serial("ca") == authority
    (tmp_path / FOLDER / "ca.crt").unlink()
    local_context(tmp_path, hosts=["10.9.9.9"], now=NOW)
    assert certificate(tmp_path, "server").issuer == certificate(tmp_path, "ca").subject


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_listening_everywhere_names_this_machine(tmp_path: Path, host: str) -> None:
    local_context(tmp_path, hosts=[host], now=NOW)
    names = certificate(tmp_path, "server").extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert x509.DNSName("localhost") in set(names)
    assert "0.0.0.0" not in str(names)


def test_old_versions_are_refused_and_files_must_be_a_pair(tmp_path: Path) -> None:
    assert local_context(tmp_path, hosts=["a.test"], now=NOW).minimum_version is ssl.TLSVersion.TLSv1_2
    folder = tmp_path / FOLDER
    with pytest.raises(ssl.SSLError):
        server_context(folder / "server.crt", folder / "ca.key")
    (folder / "ca.key").write_bytes(b"nonsense")
    with pytest.raises(ValueError, match="PEM"):
        local_context(tmp_path, hosts=["a.test"], now=NOW)
    assert utc_now(0.0) == datetime(1970, 1, 1, tzinfo=UTC)


def trusted(data: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates((data / FOLDER / TRUST).read_bytes())


def test_one_authority_follows_another_and_both_are_trusted_meanwhile(tmp_path: Path) -> None:
    def at(moment: datetime) -> tuple[x509.Certificate, x509.Certificate, list[x509.Certificate]]:
        make_local(tmp_path, hosts=["10.1.2.3"], now=moment)
        server, authority = certificate(tmp_path, "server"), certificate(tmp_path, "ca")
        server.verify_directly_issued_by(authority)
        assert server.not_valid_after_utc <= authority.not_valid_after_utc
        return server, authority, trusted(tmp_path)

    end = NOW + AUTHORITY_LIFE
    _, old, trust = at(NOW)
    assert trust == [old]
    _, still, trust = at(end - ROLL_BEFORE)
    assert still == old
    assert trust[0] == old
    (_, following) = trust
    assert at(end - ROLL_BEFORE + timedelta(days=1))[1:] == (old, [old, following]), "made once"
    server, new, trust = at(end - SWITCH_BEFORE)
    assert new == following
    assert trust == [following, old], "whoever has not looked yet still connects"
    assert server.issuer == following.subject
    _, _, trust = at(end + timedelta(days=1))
    assert trust == [following]
    for name in ("ca.key", "server.key"):
        assert stat.S_IMODE((tmp_path / FOLDER / name).stat().st_mode) == 0o600


@pytest.mark.parametrize("half", ["ca", "server"])
def test_a_kill_between_two_files_loses_no_trust(tmp_path: Path, half: str) -> None:
    """The key was written, its certificate was not: what is no pair is made again, an authority from its follower."""
    soon = NOW + AUTHORITY_LIFE - ROLL_BEFORE
    make_local(tmp_path, hosts=["10.1.2.3"], now=NOW)
    make_local(tmp_path, hosts=["10.1.2.3"], now=soon)
    folder = tmp_path / FOLDER
    before = trusted(tmp_path)
    (folder / f"{half}.key").write_bytes((folder / "ca-next.key").read_bytes())
    make_local(tmp_path, hosts=["10.1.2.3"], now=soon)
    authority = certificate(tmp_path, "ca")
    assert authority in before
    certificate(tmp_path, "server").verify_directly_issued_by(authority)
