"""Both encrypted ports speak TLS 1.3, and 1.2 with forward secrecy and authenticated encryption; nothing older, nothing
weaker, no tickets."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from comms.gateway.integration_port import IntegrationPort
from comms.gateway.running import Running, running
from comms.gateway.tls import server_context
from tests.support.gateway import cheap_hasher, prepare_site

HOST = "127.0.0.1"
OLD = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
"""Python warns of the old versions, which are what is tried here."""
WEAK = (
    "AES128-SHA",  # keys by RSA, CBC
    "AES128-GCM-SHA256",  # keys by RSA
    "AES256-SHA256",  # keys by RSA, CBC
    "ECDHE-RSA-AES128-SHA",  # CBC, SHA-1
    "ECDHE-RSA-AES256-SHA384",  # CBC
    "DHE-RSA-AES128-GCM-SHA256",  # needs parameters of ours, and is slow
    "AECDH-AES128-SHA",  # nobody is who he says
)
GOOD = ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305")


def _rsa_pair(folder: Path) -> tuple[Path, Path]:
    """With an RSA key even the weakest suites could be spoken, were they allowed."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "site")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    files = folder / "site.crt", folder / "site.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return _rsa_pair(tmp_path_factory.mktemp("pair"))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory, pair: tuple[Path, Path]) -> AsyncIterator[Running]:
    data = tmp_path_factory.mktemp("site") / "gateway"
    await prepare_site(data)
    integration = IntegrationPort(HOST, 0)
    tls = server_context(*pair)
    async with running(data, host=HOST, port=0, tls=tls, hasher=cheap_hasher(), integration=integration) as found:
        yield found


def _client(*, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2, ciphers: str = "ALL") -> ssl.SSLContext:
    """One that would speak anything, of this version only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    return context


async def _agreed(port: int, client: ssl.SSLContext) -> tuple[str, str] | None:
    """Version and suite; None when the server would not."""
    try:
        _, writer = await asyncio.open_connection(HOST, port, ssl=client)
    except (ssl.SSLError, ConnectionError):
        return None
    made = writer.get_extra_info("ssl_object")
    assert made.compression() is None
    writer.close()
    try:
        await writer.wait_closed()
    except (ssl.SSLError, ConnectionError):
        pass
    return made.version(), made.cipher()[0]


def _ports(site: Running) -> tuple[int, int]:
    assert site.integration_port is not None
    return site.port, site.integration_port


@pytest.mark.asyncio(loop_scope="module")
async def test_old_versions_and_weak_suites_are_refused_on_both_ports(site: Running) -> None:
    for port in _ports(site):
        for version in OLD:
            assert await _agreed(port, _client(version=version)) is None, version
        for suite in WEAK:
            assert await _agreed(port, _client(ciphers=suite)) is None, suite


@pytest.mark.asyncio(loop_scope="module")
async def test_good_suites_are_spoken_on_both_ports_and_the_newest_version_is_preferred(site: Running) -> None:
    for port in _ports(site):
        for suite in GOOD:
            assert await _agreed(port, _client(ciphers=suite)) == ("TLSv1.2", suite)
        free = _client()
        free.maximum_version = ssl.TLSVersion.TLSv1_3
        found = await _agreed(port, free)
        assert found is not None
        assert found[0] == "TLSv1.3"


@pytest.mark.asyncio(loop_scope="module")
async def test_the_refusals_are_the_servers_not_the_clients(pair: tuple[Path, Path]) -> None:
    """The same client gets through where a server would speak anything: so the tests above can fail."""
    lax = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    lax.minimum_version = ssl.TLSVersion.TLSv1
    lax.set_ciphers("ALL:@SECLEVEL=0")
    lax.load_cert_chain(*pair)
    server = await asyncio.start_server(lambda _, writer: writer.close(), HOST, 0, ssl=lax)
    async with server:
        port = server.sockets[0].getsockname()[1]
        for version in OLD:
            assert await _agreed(port, _client(version=version)) is not None, version
        for suite in (suite for suite in WEAK if not suite.startswith("DHE")):
            assert await _agreed(port, _client(ciphers=suite)) is not None, suite


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_no_tickets_are_given_out_and_nothing_is_renegotiated(site: Running, version: ssl.TLSVersion) -> None:
    for port in _ports(site):
        name = "-tls1_2" if version is ssl.TLSVersion.TLSv1_2 else "-tls1_3"
        words = ("openssl", "s_client", "-connect", f"{HOST}:{port}", name, "-legacy_renegotiation", "-no_ign_eof")
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *words, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.STDOUT
        )
        said = (await asyncio.wait_for(process.communicate(b"R\n"), 20))[0].decode("utf-8", "replace")
        assert "New, TLSv1" in said, said
        assert "Post-Handshake New Session Ticket" not in said
        assert "TLS session ticket:" not in said
        if version is ssl.TLSVersion.TLSv1_2:
            assert "RENEGOTIATING" in said
            assert "no renegotiation" in said
