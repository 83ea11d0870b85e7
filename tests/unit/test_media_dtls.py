"""DTLS between two endpoints without a network."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import hashes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comms.media.dtls import Certificate, DtlsEndpoint, DtlsState, Fingerprint
from comms.media.srtp import PROFILES, Srtp, derive_keys

CLIENT, SERVER = Certificate(), Certificate()


def pair(
    *, client_expects: Fingerprint = SERVER.fingerprint, server_expects: Fingerprint = CLIENT.fingerprint
) -> tuple[DtlsEndpoint, DtlsEndpoint]:
    client = DtlsEndpoint(CLIENT, is_server=False, expected=[client_expects])
    server = DtlsEndpoint(SERVER, is_server=True, expected=[server_expects])
    return client, server


def talk(client: DtlsEndpoint, server: DtlsEndpoint, *, passes: Callable[[int], bool] = lambda _: True) -> None:
    """Carry datagrams until neither has more; `passes` decides over each by its number."""
    number = 0
    is_quiet = False
    while not is_quiet:
        is_quiet = True
        for sender, receiver in ((client, server), (server, client)):
            for datagram in list(sender.take_outgoing()):
                is_quiet = False
                assert len(datagram) <= 1500
                if passes(number):
                    receiver.feed(datagram)
                number += 1


def connected() -> tuple[DtlsEndpoint, DtlsEndpoint]:
    client, server = pair()
    client.start()
    talk(client, server)
    assert client.state is server.state is DtlsState.ESTABLISHED
    return client, server


def test_both_agree_on_keys() -> None:
    client, server = connected()
    assert client.keys is not None
    assert server.keys is not None
    assert client.keys.sending == server.keys.receiving
    assert client.keys.receiving == server.keys.sending
    packet = bytes((0x80, 111)) + bytes(10) + b"voice"
    sent = Srtp(client.keys).protect(packet)
    receiver = Srtp(server.keys)
    assert receiver.unprotect(sent) == packet
    assert receiver.unprotect(sent) is None, "a repeat"
    assert receiver.unprotect(sent[:-1] + bytes((sent[-1] ^ 1,))) is None
    assert receiver.unprotect_rtcp(b"\x80\xc8garbage garbage garbage") is None


@pytest.mark.parametrize("liar", ["client", "server"])
def test_a_certificate_that_was_not_announced_is_refused_by_either(liar: str) -> None:
    wrong = Certificate().fingerprint
    client, server = pair(server_expects=wrong) if liar == "client" else pair(client_expects=wrong)
    client.start()
    talk(client, server)
    assert client.state is DtlsState.FAILED
    assert server.state is DtlsState.FAILED
    assert client.keys is server.keys is None
    client.feed(b"anything")


def test_an_unknown_digest_vouches_for_nobody() -> None:
    client, server = pair(server_expects=Fingerprint("md5", "00"))
    client.start()
    talk(client, server)
    assert server.state is DtlsState.FAILED


def test_other_digests_count_too() -> None:
    own = DtlsEndpoint(CLIENT, is_server=False, expected=[])._tls.get_certificate(as_cryptography=True)
    assert own is not None
    digest = own.fingerprint(hashes.SHA512()).hex(":").upper()
    client, server = pair(server_expects=Fingerprint("sha-512", digest))
    client.start()
    talk(client, server)
    assert server.state is DtlsState.ESTABLISHED


def test_lost_flights_are_repeated() -> None:
    client, server = pair()
    client.start()
    talk(client, server, passes=lambda number: number != 0)
    assert client.state is DtlsState.HANDSHAKE
    delay_s = client.retransmit_after_s()
    assert delay_s is not None
    assert 0 < delay_s <= 1.0
    client.on_timer()
    assert list(client.take_outgoing()) == [], "not due yet"


def test_farewell_reaches_the_other_side() -> None:
    client, server = connected()
    assert client.retransmit_after_s() is None
    client.on_timer()
    client.close()
    talk(client, server)
    assert server.state is DtlsState.CLOSED
    server.close()
    server.feed(b"late")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(st.lists(st.binary(min_size=1, max_size=300), max_size=5))
def test_garbage_between_the_flights_does_no_harm(garbage: list[bytes]) -> None:
    client, server = pair()
    client.start()
    for piece in garbage:
        client.feed(bytes((22, 254, 253)) + piece)
        server.feed(bytes((20,)) + piece)
    talk(client, server)
    assert client.state is DtlsState.ESTABLISHED
    for piece in garbage:
        client.feed(bytes((23, 254, 253)) + piece)
    assert client.state is DtlsState.ESTABLISHED


def test_a_peer_has_few_sources_however_many_it_makes_up() -> None:
    """Each is searched for with every packet, so that a peer that makes up thousands would stop everybody's voice."""
    client, server = connected()
    assert client.keys is not None
    assert server.keys is not None
    sender, receiver = Srtp(client.keys), Srtp(server.keys)

    def says(ssrc: int, sequence: int) -> bool:
        packet = bytes((0x80, 111)) + sequence.to_bytes(2, "big") + bytes(4) + ssrc.to_bytes(4, "big") + b"voice"
        return receiver.unprotect(sender.protect(packet)) == packet

    def reports(ssrc: int) -> bool:
        packet = bytes((0x80, 201, 0, 1)) + ssrc.to_bytes(4, "big")
        return receiver.unprotect_rtcp(sender.protect_rtcp(packet)) == packet

    assert all(says(ssrc, 1) for ssrc in range(1, 65))
    assert not any(says(ssrc, 1) or reports(ssrc) for ssrc in range(65, 70))
    assert all(says(ssrc, 2) and reports(ssrc) for ssrc in (1, 64)), "those that there were go on"


def test_what_is_longer_than_libsrtp_takes_is_nothing_and_harms_nobody() -> None:
    client, server = connected()
    assert client.keys is not None
    assert server.keys is not None
    sender, receiver = Srtp(client.keys), Srtp(server.keys)
    packet = bytes((0x80, 111, 0, 1)) + bytes(8) + bytes(1300)
    protected = sender.protect(packet)
    for too_long in (1501, 2048):
        padded = protected + bytes(too_long - len(protected))
        assert receiver.unprotect(padded) is None
        assert receiver.unprotect_rtcp(padded) is None
    assert receiver.unprotect(protected) == packet


def test_keys_are_cut_in_the_order_of_rfc_5764() -> None:
    profile = PROFILES[b"SRTP_AES128_CM_SHA1_80"]
    material = b"C" * 16 + b"S" * 16 + b"c" * 14 + b"s" * 14
    keys = derive_keys(profile, material, is_server=False)
    assert keys.sending == b"C" * 16 + b"c" * 14
    assert keys.receiving == b"S" * 16 + b"s" * 14
    assert profile.material_bytes == len(material)
