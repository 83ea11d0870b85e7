"""Desks show a certificate where the site wants it: on real TLS, with one port for desks and phones."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from websockets.exceptions import InvalidMessage

from comms.domain.account_events import DeskCertificateIssued, DeskCertificateRevoked
from comms.gateway.certificates import Certificates
from comms.gateway.clock import SystemClock
from comms.gateway.context import Refusal
from comms.gateway.desk_authority import DeskRule, issue
from comms.gateway.outbox import Outbox
from comms.gateway.running import running
from comms.gateway.settings import Settings
from comms.gateway.tls import FOLDER, TRUST, utc_now
from comms.link.cause import CutAtTheDoorError, LinkCause, setback_of
from comms.link.errand import ask_once
from comms.link.state import LinkState
from comms.protocol.commands import Command, DeskResume, DeskSignIn, TokenRefresh
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.pushes import Enrolled, Push, SessionEnded, Welcome
from comms.protocol.version import PROTOCOL_VERSION
from console.session.trust import OWN_NAME, keep_own, shows_certificate, trusting
from tests.support.gateway import ADMIN, NORTH_DUTY, PASSWORD, U1, Site, cheap_hasher, prepare_site
from tests.support.terminal import code_of, new_id, peer

HOST, YEAR = "127.0.0.1", timedelta(days=365)


@dataclass
class Desks:
    """A gateway that speaks TLS, and desks before it."""

    site: Site

    def give(self, name: str, *, age_days: float = 0.0, life: timedelta = YEAR, of: Path | None = None) -> Path:
        """A new desk's file; `of` is another gateway's data."""
        now = utc_now(SystemClock().now()) - timedelta(days=age_days)
        pair = issue(of or self.site.data, name, life=life, now=now)
        given, own = self.site.data.parent / f"{name}.pem", self.site.data.parent / name / OWN_NAME
        given.write_bytes(pair.pem())
        keep_own(given, own, "")
        self.serial = pair.serial
        return own

    async def note(self, name: str) -> None:
        gateway = self.site.gateway
        assert gateway is not None
        await gateway.accounts.certificates.issued(self.serial, name, ends_at=SystemClock().now() + 9e6)

    def tls(self, own: Path | None) -> ssl.SSLContext:
        context = trusting(self.site.url, self.site.data / FOLDER / TRUST, own)
        assert context is not None
        return context

    async def ask(self, own: Path | None, command: Command | None = None, *, as_browser: bool = False) -> Push:
        """A browser may hold a certificate that would do, and does not offer to be asked."""
        context = self.tls(own)
        context.post_handshake_auth = not as_browser
        async with peer(self.site, tls=context) as desk:
            return await desk.ask(command or sign_in())


def sign_in() -> DeskSignIn:
    return DeskSignIn(id=new_id(), protocol=PROTOCOL_VERSION, name=NORTH_DUTY, password=PASSWORD, locale=Locale.EN)


@asynccontextmanager
async def desks(tmp_path: Path, rule: DeskRule) -> AsyncIterator[Desks]:
    data = tmp_path / "gateway"
    codes = await prepare_site(data)
    now = utc_now(SystemClock().now())
    certificates = Certificates.of_authority(data, hosts=[HOST], now=now)
    certificates.ask_desks(data, rule, now=now)
    settings = Settings(desk_rule=rule)
    async with running(data, host=HOST, port=0, tls=certificates, settings=settings, hasher=cheap_hasher()) as site:
        yield Desks(Site(data, HOST, site.port, site.media_port, codes, gateway=site.gateway, scheme="wss"))


async def test_where_one_is_demanded_only_a_good_one_opens(tmp_path: Path) -> None:
    async with desks(tmp_path, DeskRule.DEMANDED) as at:
        assert code_of(await at.ask(None)) == RefusalCode.CERTIFICATE_MISSING
        good = at.give("three")
        assert code_of(await at.ask(good)) == RefusalCode.CERTIFICATE_REVOKED, "one that nobody knows of"
        await at.note("three")
        welcome = await at.ask(good)
        assert isinstance(welcome, Welcome)
        assert code_of(await at.ask(good, as_browser=True)) == RefusalCode.CERTIFICATE_MISSING, "nobody bothers a phone"
        assert welcome.certificate_ends_at is not None
        assert abs(welcome.certificate_ends_at - SystemClock().now() - YEAR.total_seconds()) < 60
        assert welcome.token is not None
        assert welcome.refresh_token is not None
        stolen = (
            DeskResume(id=new_id(), protocol=PROTOCOL_VERSION, token=welcome.token),
            TokenRefresh(id=new_id(), refresh_token=welcome.refresh_token),
        )
        for command in stolen:
            assert code_of(await at.ask(None, command)) == RefusalCode.CERTIFICATE_MISSING, (
                "tokens alone are worth none"
            )
        other = at.give("four")
        await at.note("four")
        assert code_of(await at.ask(other, stolen[0])) == RefusalCode.TOKEN_EXPIRED, "nor at another desk"
        assert isinstance(await at.ask(good, stolen[0]), Welcome)
        over = at.give("old", age_days=9, life=timedelta(days=8))
        await at.note("old")
        assert code_of(await at.ask(over)) == RefusalCode.CERTIFICATE_OVER
        async with peer(at.site, tls=at.tls(None)) as phone:
            enrolled = await phone.enrol(at.site.codes[U1])
            assert isinstance(enrolled, Enrolled)
            assert isinstance(await phone.sign_in_terminal(enrolled.device_token), Welcome)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_one_of_another_gateway_is_said_by_the_desk_itself(tmp_path: Path, version: ssl.TLSVersion) -> None:
    async with desks(tmp_path, DeskRule.ASKED) as at:
        foreign = at.give("foreign", of=tmp_path / "elsewhere")
        tls = at.tls(foreign)
        tls.maximum_version = version
        assert shows_certificate(at.site.url, foreign)
        state = await ask_once(at.site.url, sign_in(), ssl=tls, shows_certificate=True)
        assert isinstance(state, LinkState)
        assert state.cause is LinkCause.CERTIFICATE_OWN
        state = await ask_once(at.site.url, sign_in(), ssl=tls)
        assert isinstance(state, LinkState)
        assert state.cause is LinkCause.NONE, "whoever shows none has other troubles"


async def test_a_desk_that_was_lost_is_out_within_a_minute_and_the_journal_says_so(tmp_path: Path) -> None:
    async with desks(tmp_path, DeskRule.ASKED) as at:
        own, gateway = at.give("three"), at.site.gateway
        await at.note("three")
        assert gateway is not None
        assert gateway.upkeep is not None
        async with peer(at.site, tls=at.tls(own)) as desk, peer(at.site, tls=at.tls(None)) as other:
            welcome = await desk.ask_for(sign_in(), Welcome)
            assert isinstance(await other.sign_in_desk(ADMIN), Welcome), "asked, and none is shown"
            await other.subscribe()
            revoked = await gateway.accounts.certificates.revoke(at.serial, "lost")
            assert revoked is not None
            assert await gateway.accounts.certificates.revoke(at.serial, "again") is None
            await gateway.upkeep.look()
            assert (await desk.next(SessionEnded)).code == RefusalCode.CERTIFICATE_REVOKED
            assert (await other.event(DeskCertificateIssued)).desk == "three"
            assert (await other.event(DeskCertificateRevoked)).reason == "lost"
            assert not other.is_over
        assert code_of(await at.ask(own)) == RefusalCode.CERTIFICATE_REVOKED
        assert welcome.token is not None
        assert welcome.refresh_token is not None
        resume = DeskResume(id=new_id(), protocol=PROTOCOL_VERSION, token=welcome.token)
        for command in (resume, TokenRefresh(id=new_id(), refresh_token=welcome.refresh_token)):
            assert code_of(await at.ask(None, command)) == RefusalCode.TOKEN_EXPIRED, "without showing it neither"


async def test_one_revoked_while_its_desk_signs_in_opens_nothing(tmp_path: Path) -> None:
    async with desks(tmp_path, DeskRule.ASKED) as at:
        gateway, pair = at.site.gateway, issue(at.site.data, "one", life=YEAR, now=utc_now(SystemClock().now()))
        assert gateway is not None
        certificates = gateway.accounts.certificates
        await certificates.issued(pair.serial, "one", ends_at=SystemClock().now() + 9e6)
        asked: list[str] = []

        async def show() -> bytes:
            if asked:
                await certificates.revoke(pair.serial, "lost")
            asked.append(pair.serial)
            return pair.certificate.public_bytes(Encoding.DER)

        outbox = Outbox(None, close=lambda _: None)  # type: ignore[arg-type]  # nothing is sent before who asks is here
        answer = await gateway.sign_in.answer(sign_in(), address=HOST, outbox=outbox, certificate=show)
        assert isinstance(answer, Refusal)
        assert answer.code is RefusalCode.CERTIFICATE_REVOKED
        assert len(asked) == 2


async def test_where_none_is_asked_for_none_is_looked_at(tmp_path: Path) -> None:
    async with desks(tmp_path, DeskRule.OFF) as at:
        for own in (None, at.give("three"), at.give("foreign", of=tmp_path / "elsewhere")):
            welcome = await at.ask(own)
            assert isinstance(welcome, Welcome)
            assert welcome.certificate_ends_at is None


async def test_authorities_for_desks_follow_each_other_while_running(tmp_path: Path) -> None:
    data, now = tmp_path / "data", utc_now(SystemClock().now())
    certificates = Certificates.of_authority(data, hosts=[HOST], now=now)
    certificates.ask_desks(data, DeskRule.ASKED, now=now)
    assert certificates.context.verify_mode is ssl.CERT_OPTIONAL
    first = issue(data, "one", life=YEAR, now=now)
    assert not certificates.renew(now)
    later = now + timedelta(days=4.5 * 365)
    second = issue(data, "two", life=YEAR, now=later)
    assert first.certificate.issuer != second.certificate.issuer, "nothing outlives what has signed it"
    assert certificates.renew(later)
    names = {str(each["subject"]) for each in certificates.context.get_ca_certs()}
    assert len(names) == 2, "and what the first has signed goes on being good"


def test_a_desk_knows_a_cut_handshake_by_what_it_shows() -> None:
    assert setback_of(CutAtTheDoorError(), shows_certificate=True)[1] is LinkCause.CERTIFICATE_OWN
    assert setback_of(InvalidMessage("no"), shows_certificate=True)[1] is LinkCause.CERTIFICATE_OWN
    assert setback_of(ConnectionRefusedError(), shows_certificate=True)[1] is LinkCause.NONE
