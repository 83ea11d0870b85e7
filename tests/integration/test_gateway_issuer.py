"""Signing in by the site's identity service: a real issuer on a socket, a real gateway, and everything that must not
open the door."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pyotp
import pytest
from joserfc.jwk import ECKey

from comms.adapters.issuer import IssuerPlan
from comms.domain.account_events import AccountChange, AccountChanged
from comms.domain.ids import GATEWAY
from comms.domain.officer import OfficerRole
from comms.gateway import issuer_door
from comms.gateway.settings import Settings
from comms.protocol.account_commands import SecondFactorBegin, SecondFactorConfirm, SignInList
from comms.protocol.account_pushes import RecoveryCodes, SecondFactorOffer, SignInPage
from comms.protocol.commands import DeskResume, TokenRefresh
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.issuer_commands import IssuerBegin, IssuerOffer, IssuerSignIn, IssuerUnlock
from comms.protocol.pushes import Done, Push, SessionEnded, TokenGranted, Welcome
from comms.protocol.version import PROTOCOL_VERSION
from console.actions.issuer import challenge_of
from tests.support.desk import free_port
from tests.support.gateway import ADMIN, NORTH_DUTY, PASSWORD, SOUTH_DUTY, Site, running_gateway
from tests.support.issuer import CLIENT, SECRET, TestIssuer, provider, running_issuer, where_to
from tests.support.terminal import Peer, code_of, desk, new_id, peer

VERIFIER = "v" * 43


@asynccontextmanager
async def town(tmp_path: Path, **more: object) -> AsyncIterator[tuple[Site, TestIssuer]]:
    async with running_issuer() as issuer:
        plan = IssuerPlan(url=issuer.url, client_id=CLIENT, secret=SECRET, acrs=("urn:two",))
        settings = Settings(issuer=plan, **more)  # type: ignore[arg-type]  # fields by name
        async with running_gateway(tmp_path, settings=settings) as site:
            yield site, issuer


def begun(verifier: str = VERIFIER) -> IssuerBegin:
    challenge = challenge_of(verifier)
    return IssuerBegin(id=new_id(), protocol=PROTOCOL_VERSION, challenge=challenge, port=9, locale=Locale.EN)


def shown(state: str, code: str, verifier: str = VERIFIER, second_factor: str = "") -> IssuerSignIn:
    return IssuerSignIn(
        id=new_id(),
        protocol=PROTOCOL_VERSION,
        state=state,
        code=code,
        verifier=verifier,
        second_factor=second_factor,
        locale=Locale.EN,
        program="test desk",
    )


async def brought(asking: Peer) -> dict[str, str]:
    """Begun, and gone through the issuer's page: what the browser brings back."""
    offer = await asking.ask_for(begun(), IssuerOffer)
    found = await where_to(offer.url)
    assert found["state"] == offer.state
    return found


async def sign_in(site: Site, **more: str) -> Push:
    async with peer(site) as asking:
        return await asking.ask(shown(**await brought(asking), **more))


async def test_who_is_known_at_the_issuer_is_signed_in_as_with_a_password(tmp_path: Path) -> None:
    async with town(tmp_path) as (site, issuer), peer(site) as officer:
        welcome = await officer.ask_for(shown(**await brought(officer)), Welcome)
        assert (welcome.party, welcome.has_issuer) == (f"officer:{NORTH_DUTY}", True)
        assert issuer.asked["scope"] == "openid", "no more is asked about anybody than what is needed"
        assert (issuer.asked["prompt"], issuer.asked["max_age"]) == ("login", "0"), "desks are shared"
        assert (issuer.asked["tenant"], issuer.asked["code_challenge_method"]) == ("1", "S256")
        assert issuer.asked["redirect_uri"].startswith("http://127.0.0.1:9/")
        page = await officer.ask_for(SignInList(id=new_id()), SignInPage)
        assert [(line.program, line.is_this) for line in page.sign_ins] == [("test desk", True)]
        assert welcome.refresh_token is not None
        granted = await officer.ask_for(TokenRefresh(id=new_id(), refresh_token=welcome.refresh_token), TokenGranted)
        async with peer(site) as again:
            resume = DeskResume(id=new_id(), protocol=PROTOCOL_VERSION, token=granted.token)
            assert isinstance(await again.ask(resume), Welcome)


async def test_no_log_holds_what_would_open_the_door(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with town(tmp_path) as (site, issuer), peer(site) as officer:
        found = await brought(officer)
        welcome = await officer.ask_for(shown(**found), Welcome)
        issuer.claims = {"aud": "other"}
        assert code_of(await sign_in(site)) == RefusalCode.ISSUER_UNPROVEN
        written = "".join(one.getMessage() for one in caplog.records if not one.name.startswith("websockets.client"))
        assert "proves nothing" in written
        secrets = (found["code"], found["state"], VERIFIER, SECRET, welcome.token, welcome.refresh_token)
        assert [secret for secret in secrets if secret and secret in written] == []


async def test_the_issuer_may_change_its_keys_and_its_words(tmp_path: Path) -> None:
    async with town(tmp_path) as (site, issuer):
        assert isinstance(await sign_in(site), Welcome)
        issuer.rotate()
        assert isinstance(await sign_in(site), Welcome), "asked anew each time"
        issuer.claims = {"aud": [CLIENT, "other"], "azp": CLIENT, "exp": 9e9, "amr": "mfa"}
        assert isinstance(await sign_in(site), Welcome)


def _other_key(issuer: TestIssuer) -> None:
    issuer.signs_with = ECKey.generate_key("P-256", {"kid": "k1"})


def _shared_secret(issuer: TestIssuer) -> None:
    issuer.header, issuer.signs_with = {"alg": "HS256"}, issuer.key.as_pem(private=False)


def _says(**claims: object) -> Callable[[TestIssuer], None]:
    def change(issuer: TestIssuer) -> None:
        issuer.claims = claims

    return change


def _publishes(**published: object) -> Callable[[TestIssuer], None]:
    def change(issuer: TestIssuer) -> None:
        issuer.published = published

    return change


FORGERIES: dict[str, Callable[[TestIssuer], None]] = {
    "another key": _other_key,
    "a public key for a secret": _shared_secret,
    "an unknown key": lambda issuer: issuer.header.update(kid="k9"),
    "another issuer": _says(iss="https://elsewhere.example"),
    "another audience": _says(aud="other"),
    "another's among audiences": _says(aud=[CLIENT, "other"], azp="other"),
    "several audiences": _says(aud=[CLIENT, "other"]),
    "another nonce": _says(nonce="n-0S6_WzA2Mj"),
    "no nonce": _says(nonce=None),
    "too old": _says(exp=1_700_000_000),
    "no end": _says(exp=None),
    "of tomorrow": _says(iat=9e9),
    "proved long ago": _says(auth_time=1_700_000_000),
    "proved never": _says(auth_time=None),
    "nobody": _says(sub=""),
    "a list": _says(sub=["north"]),
}


async def test_what_proves_nothing_opens_nothing(tmp_path: Path) -> None:
    async with town(tmp_path) as (site, issuer):
        kept = dict(issuer.header)
        for name, forge in FORGERIES.items():
            issuer.claims, issuer.header, issuer.signs_with = {}, dict(kept), None
            forge(issuer)
            assert site.gateway is not None
            site.gateway.sign_in.proof.addresses.succeeded("127.0.0.1")
            assert code_of(await sign_in(site)) == RefusalCode.ISSUER_UNPROVEN, name
        issuer.claims, issuer.signs_with, issuer.header = {}, None, kept
        assert isinstance(await sign_in(site), Welcome)


async def test_each_no_has_its_own_sentence(tmp_path: Path) -> None:
    async with town(tmp_path) as (site, issuer), peer(site) as officer:
        issuer.sub = "nobody-here"
        assert code_of(await sign_in(site)) == RefusalCode.ISSUER_STRANGER
        issuer.sub, issuer.status = "north", 500
        assert code_of(await sign_in(site)) == RefusalCode.ISSUER_UNREACHABLE
        issuer.status = 200
        offer = await officer.ask_for(begun(), IssuerOffer)
        assert code_of(await officer.ask(shown(offer.state, "made-up"))) == RefusalCode.ISSUER_REFUSED
        for published in ({"issuer": "https://x"}, {"token_endpoint": "http://id.example/"}, {"jwks_uri": 7}):
            issuer.published = published
            assert code_of(await officer.ask(begun())) == RefusalCode.ISSUER_UNPROVEN
        issuer.published = {}
        plan = IssuerPlan(url="http://127.0.0.1:9", client_id=CLIENT)
        async with running_gateway(tmp_path / "cut", settings=Settings(issuer=plan)) as cut, peer(cut) as lone:
            assert code_of(await lone.ask(begun())) == RefusalCode.ISSUER_UNREACHABLE
        async with running_gateway(tmp_path / "none") as none, peer(none) as lone:
            assert code_of(await lone.ask(begun())) == RefusalCode.ISSUER_OFF
            assert code_of(await lone.ask(shown("x", "y"))) == RefusalCode.ISSUER_OFF


async def test_what_was_brought_is_good_once_in_time_and_for_its_own_desk(tmp_path: Path) -> None:
    async with town(tmp_path) as (site, _):
        assert site.gateway is not None
        async with peer(site) as officer:
            found = await brought(officer)
            for wrong in (shown(**found, verifier="w" * 43), shown("another", found["code"])):
                assert code_of(await officer.ask(wrong)) == RefusalCode.ISSUER_LATE, "and the right one is not lost"
            assert isinstance(await officer.ask(shown(**found)), Welcome)
        async with peer(site) as thief:
            assert code_of(await thief.ask(shown(**found))) == RefusalCode.ISSUER_LATE
            late = await brought(thief)
            door = site.gateway.sign_in.issuer
            door._tries[late["state"]].over_at = 0.0
            assert code_of(await thief.ask(shown(**late))) == RefusalCode.ISSUER_LATE


async def test_limits_at_the_door_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuer_door, "_MOST_BY_ADDRESS", 2)
    async with town(tmp_path) as (site, _), peer(site) as officer:
        first = await brought(officer)
        await officer.ask_for(begun(), IssuerOffer)
        assert code_of(await officer.ask(begun())) == RefusalCode.TRY_LATER, "nobody's try is dropped for it"
        for _ in range(20):
            assert code_of(await officer.ask(shown("x", "y"))) == RefusalCode.ISSUER_LATE
        assert code_of(await officer.ask(shown(**first))) == RefusalCode.TRY_LATER
        assert code_of(await officer.ask(begun())) == RefusalCode.TRY_LATER
    async with town(tmp_path / "names") as (site, _):
        for _ in range(5):
            async with peer(site) as stranger:
                assert code_of(await stranger.sign_in_desk(NORTH_DUTY, "wrong")) == RefusalCode.WRONG_CREDENTIALS
        assert code_of(await sign_in(site)) == RefusalCode.TRY_LATER, "a name that is locked is locked"


async def test_one_factor_there_asks_for_the_second_here(tmp_path: Path) -> None:
    async with town(tmp_path) as (site, issuer):
        async with desk(site, NORTH_DUTY) as officer:
            begin = SecondFactorBegin(id=new_id(), password=PASSWORD)
            totp = pyotp.TOTP((await officer.ask_for(begin, SecondFactorOffer)).secret)
            await officer.ask_for(SecondFactorConfirm(id=new_id(), code=totp.now()), RecoveryCodes)
        async with peer(site) as officer:
            found = await brought(officer)
            assert code_of(await officer.ask(shown(**found))) == RefusalCode.SECOND_FACTOR_NEEDED
            wrong = shown(**found, second_factor="000000")
            assert code_of(await officer.ask(wrong)) == RefusalCode.SECOND_FACTOR_WRONG
            site_totp = totp.at(totp_time(site), counter_offset=1)
            assert isinstance(await officer.ask(shown(**found, second_factor=site_totp)), Welcome)
        issuer.claims = {"amr": ["pwd", "mfa"]}
        assert isinstance(await sign_in(site), Welcome)
        issuer.claims = {"acr": "urn:two"}
        assert isinstance(await sign_in(site), Welcome)
        assert issuer.asked["acr_values"] == "urn:two"


def totp_time(site: Site) -> int:
    assert site.gateway is not None
    return int(site.gateway.clock.now())


async def test_what_the_issuer_vouched_for_holds_as_long_as_the_sign_in(tmp_path: Path) -> None:
    async with town(tmp_path, second_factor_roles=frozenset(OfficerRole)) as (site, issuer):
        welcome = await sign_in(site)
        assert isinstance(welcome, Welcome)
        assert welcome.must_set_up
        issuer.claims = {"amr": ["mfa"]}
        welcome = await sign_in(site)
        assert isinstance(welcome, Welcome)
        assert not welcome.must_set_up
        assert welcome.token is not None
        async with peer(site) as again:
            resume = DeskResume(id=new_id(), protocol=PROTOCOL_VERSION, token=welcome.token)
            assert not (await again.ask_for(resume, Welcome)).must_set_up


async def test_who_was_disabled_comes_in_by_no_way_until_he_may_again(tmp_path: Path) -> None:
    async with town(tmp_path) as (site, _), desk(site, ADMIN) as admin, desk(site, NORTH_DUTY) as officer:
        gateway, [welcome] = site.gateway, officer.all(Welcome)
        assert gateway is not None
        assert gateway.upkeep is not None
        await admin.subscribe()
        disabled = gateway.accounts.disabled
        assert not await disabled.remove(NORTH_DUTY)
        assert await disabled.add(NORTH_DUTY, "has left")
        assert not await disabled.add(NORTH_DUTY, "again")
        await gateway.upkeep.look()
        assert (await officer.next(SessionEnded)).code is RefusalCode.OFFICER_DISABLED
        assert await admin.event(AccountChanged) == AccountChanged(
            officer_id=NORTH_DUTY, what=AccountChange.DISABLED, reason="has left"
        )
        assert code_of(await sign_in(site)) == RefusalCode.OFFICER_DISABLED
        assert welcome.token is not None
        async with peer(site) as again:
            assert code_of(await again.sign_in_desk(NORTH_DUTY, "wrong")) == RefusalCode.WRONG_CREDENTIALS
            assert code_of(await again.sign_in_desk(NORTH_DUTY)) == RefusalCode.OFFICER_DISABLED
            resume = DeskResume(id=new_id(), protocol=PROTOCOL_VERSION, token=welcome.token)
            assert code_of(await again.ask(resume)) == RefusalCode.TOKEN_EXPIRED
            assert await disabled.remove(NORTH_DUTY)
            assert isinstance(await again.sign_in_desk(NORTH_DUTY), Welcome)
            gateway.record_soon(GATEWAY, [AccountChanged(officer_id=NORTH_DUTY, what=AccountChange.PASSWORD_SET)])
            assert (await again.next(SessionEnded)).code is RefusalCode.ENDED_FROM_AFAR
            assert not admin.is_over


async def test_a_locked_desk_is_unlocked_by_its_own_officer_who_was_asked_anew(tmp_path: Path) -> None:
    async with town(tmp_path) as (site, issuer), desk(site, NORTH_DUTY) as officer, desk(site, SOUTH_DUTY) as other:

        async def unlock(by: Peer, found: dict[str, str]) -> Push:
            return await by.ask(IssuerUnlock(id=new_id(), verifier=VERIFIER, **found))

        assert isinstance(await unlock(officer, await brought(officer)), Done)
        issuer.sub = SOUTH_DUTY
        assert code_of(await unlock(officer, await brought(officer))) == RefusalCode.ISSUER_OTHER_OFFICER
        issuer.sub = NORTH_DUTY
        assert code_of(await unlock(other, await brought(officer))) == RefusalCode.ISSUER_LATE
        async with peer(site) as stranger:
            for_signing_in = await brought(stranger)
            for_unlocking = await brought(officer)
            assert code_of(await unlock(officer, for_signing_in)) == RefusalCode.ISSUER_LATE
            assert code_of(await stranger.ask(shown(**for_unlocking))) == RefusalCode.ISSUER_LATE
        issuer.claims = {"auth_time": 1_700_000_000}
        assert code_of(await unlock(officer, await brought(officer))) == RefusalCode.ISSUER_UNPROVEN


async def test_at_a_provider_of_others(tmp_path: Path) -> None:
    with provider(free_port()) as url:
        plan = IssuerPlan(url=url, client_id="any", secret="any", is_single=True)
        async with running_gateway(tmp_path, settings=Settings(issuer=plan)) as site, peer(site) as officer:
            offer = await officer.ask_for(begun(), IssuerOffer)
            found = await where_to(offer.url, {"sub": NORTH_DUTY})
            assert (await officer.ask_for(shown(**found), Welcome)).party == f"officer:{NORTH_DUTY}"
