"""A second factor at a real gateway: set up, asked for, used once, recovered, asked of a role; and kept sealed."""

from pathlib import Path

import pyotp
import pytest

from comms.domain.account_events import AccountChange, AccountChanged
from comms.domain.ids import OfficerId
from comms.domain.officer import OfficerRole
from comms.gateway.settings import Settings
from comms.journal.sealing import KEY_FILE, Seal
from comms.journal.second_factors import RECOVERY_CODES, STEP_S, FactorUse, SecondFactors
from comms.protocol.account_commands import (
    AccountRead,
    SecondFactorBegin,
    SecondFactorConfirm,
    SecondFactorEnd,
)
from comms.protocol.account_pushes import AccountState, RecoveryCodes, SecondFactorOffer
from comms.protocol.commands import DeskSignIn, LogRead, NoteAdd, PictureSubscribe
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.pushes import Done, PictureSnapshot, Push, Welcome
from comms.protocol.version import PROTOCOL_VERSION
from tests.support.gateway import ADMIN, NORTH_DUTY, PASSWORD, Site, running_gateway
from tests.support.journal import SteppedClock, open_journal
from tests.support.terminal import Peer, code_of, desk, new_id, peer

OFFICER = OfficerId("o")


class Phone:
    """An authenticator whose clock the test moves, with the gateway's."""

    def __init__(self, site: Site, at: float = 1_700_000_000.0) -> None:
        assert site.gateway is not None
        self.at = at
        self.secret = ""
        site.gateway.accounts.factors._now = lambda: self.at

    def code(self, steps: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(int(self.at) + steps * STEP_S)

    async def set_up(self, officer: Peer, code: str = "") -> tuple[str, ...]:
        begin = SecondFactorBegin(id=new_id(), password=PASSWORD, code=code)
        offer = await officer.ask_for(begin, SecondFactorOffer)
        self.secret = offer.secret
        assert pyotp.parse_uri(offer.uri).secret == offer.secret
        confirmed = await officer.ask_for(SecondFactorConfirm(id=new_id(), code=self.code()), RecoveryCodes)
        return confirmed.codes


async def sign_in(site: Site, code: str, password: str = PASSWORD) -> Push:
    async with peer(site) as made:
        command = DeskSignIn(
            id=new_id(),
            protocol=PROTOCOL_VERSION,
            name=NORTH_DUTY,
            password=password,
            locale=Locale.EN,
            code=code,
        )
        return await made.ask(command)


async def test_once_set_up_a_code_is_asked_for_and_is_good_once(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, ADMIN) as admin, desk(site, NORTH_DUTY) as officer:
        await admin.subscribe()
        phone = Phone(site)
        wrong = SecondFactorBegin(id=new_id(), password="wrong")
        assert code_of(await officer.ask(wrong)) == RefusalCode.WRONG_CREDENTIALS
        await officer.ask_for(SecondFactorBegin(id=new_id(), password=PASSWORD), SecondFactorOffer)
        wrong_code = SecondFactorConfirm(id=new_id(), code="000000")
        assert code_of(await officer.ask(wrong_code)) == RefusalCode.SECOND_FACTOR_WRONG
        assert isinstance(await sign_in(site, ""), Welcome), "not asked for before it is confirmed"
    async with running_gateway(tmp_path, codes=site.codes) as site, desk(site, NORTH_DUTY) as officer:
        phone = Phone(site)
        await phone.set_up(officer)
        for _ in range(6):
            assert code_of(await sign_in(site, "")) == RefusalCode.SECOND_FACTOR_NEEDED, "no wrong try"
        assert code_of(await sign_in(site, phone.code())) == RefusalCode.SECOND_FACTOR_WRONG, "used at the set-up"
        phone.at += STEP_S
        late = phone.code()
        assert isinstance(await sign_in(site, f"{late[:3]} {late[3:]}"), Welcome)
        assert code_of(await sign_in(site, late)) == RefusalCode.SECOND_FACTOR_WRONG, "a code is good once"
        phone.at += 3 * STEP_S
        assert code_of(await sign_in(site, phone.code(-2))) == RefusalCode.SECOND_FACTOR_WRONG
        assert code_of(await sign_in(site, phone.code(2))) == RefusalCode.SECOND_FACTOR_WRONG
        assert isinstance(await sign_in(site, phone.code(1)), Welcome), "clocks may differ by a step"
        assert code_of(await sign_in(site, phone.code())) == RefusalCode.SECOND_FACTOR_WRONG, "and not go back"


async def test_wrong_codes_are_wrong_tries(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as officer:
        phone = Phone(site)
        await phone.set_up(officer)
        phone.at += STEP_S
        for attempt in range(5):
            assert code_of(await sign_in(site, f"00000{attempt}")) == RefusalCode.SECOND_FACTOR_WRONG
            if attempt < 4:
                assert code_of(await sign_in(site, "")) == RefusalCode.SECOND_FACTOR_NEEDED, "which forgives nothing"
        assert code_of(await sign_in(site, phone.code())) == RefusalCode.TRY_LATER


async def test_a_recovery_code_stands_in_for_the_phone_once(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, ADMIN) as admin:
        await admin.subscribe()
        async with desk(site, NORTH_DUTY) as officer:
            codes = await Phone(site).set_up(officer)
        assert len(set(codes)) == RECOVERY_CODES
        assert isinstance(await sign_in(site, codes[3].lower()), Welcome)
        used = AccountChanged(officer_id=NORTH_DUTY, what=AccountChange.RECOVERY_USED)
        await admin.event(AccountChanged, lambda event: event == used)
        assert code_of(await sign_in(site, codes[3])) == RefusalCode.SECOND_FACTOR_WRONG


async def test_a_new_phone_takes_the_old_ones_place_and_it_can_be_turned_off(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as officer:
        phone = Phone(site)
        codes = await phone.set_up(officer)
        without = SecondFactorBegin(id=new_id(), password=PASSWORD)
        assert code_of(await officer.ask(without)) == RefusalCode.SECOND_FACTOR_WRONG
        phone.at += STEP_S
        await phone.set_up(officer, codes[0])
        state = await officer.ask_for(AccountRead(id=new_id()), AccountState)
        assert (state.has_second_factor, state.recovery_left) == (True, RECOVERY_CODES)
        phone.at += STEP_S
        wrong = SecondFactorEnd(id=new_id(), password=PASSWORD, code=codes[1])
        assert code_of(await officer.ask(wrong)) == RefusalCode.SECOND_FACTOR_WRONG, "of the phone before"
        await officer.ask_for(SecondFactorEnd(id=new_id(), password=PASSWORD, code=phone.code()), Done)
        state = await officer.ask_for(AccountRead(id=new_id()), AccountState)
        assert (state.has_second_factor, state.recovery_left) == (False, 0)


async def test_a_role_that_must_have_one_looks_and_answers_until_it_does(tmp_path: Path) -> None:
    settings = Settings(second_factor_roles=frozenset({OfficerRole.SUPERVISOR}))
    async with running_gateway(tmp_path, settings=settings) as site, desk(site, NORTH_DUTY) as officer:
        assert officer.all(Welcome)[0].must_set_up
        await officer.ask_for(PictureSubscribe(id=new_id()), PictureSnapshot)
        for command in (NoteAdd(id=new_id(), text="接班"), LogRead(id=new_id())):
            assert code_of(await officer.ask(command)) == RefusalCode.SECOND_FACTOR_MISSING
        phone = Phone(site)
        await phone.set_up(officer)
        await officer.ask_for(NoteAdd(id=new_id(), text="接班"), Done)
        phone.at += STEP_S
        end = SecondFactorEnd(id=new_id(), password=PASSWORD, code=phone.code())
        assert code_of(await officer.ask(end)) == RefusalCode.SECOND_FACTOR_KEPT
        welcome = await sign_in(site, phone.code())
        assert isinstance(welcome, Welcome)
        assert not welcome.must_set_up


async def test_the_secret_is_sealed_and_only_its_officers(tmp_path: Path) -> None:
    clock = SteppedClock()
    async with open_journal(tmp_path / "journal") as journal:
        factors = SecondFactors(journal, now=clock.now, seal=Seal(tmp_path / KEY_FILE))
        offer = await factors.begin(OFFICER)
        codes = await factors.confirm(OFFICER, pyotp.TOTP(offer.secret).at(int(clock.at)))
        assert codes is not None
        assert await factors.check(OfficerId("p"), codes[0]) is None
        lost_key = SecondFactors(journal, now=clock.now, seal=Seal())
        clock.at += STEP_S
        shown = pyotp.TOTP(offer.secret).at(int(clock.at))
        assert await lost_key.check(OFFICER, shown) is None
        assert await lost_key.check(OFFICER, codes[0]) is FactorUse.RECOVERY, "which needs no key"
        again = SecondFactors(journal, now=clock.now, seal=Seal(tmp_path / KEY_FILE))
        assert await again.check(OFFICER, shown) is FactorUse.CODE
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    stored = b"".join(path.read_bytes() for path in (tmp_path / "journal").iterdir())
    assert not [secret for secret in (offer.secret, *codes) if secret.encode() in stored]


def test_what_was_sealed_opens_for_nobody_else(tmp_path: Path) -> None:
    seal = Seal(tmp_path / KEY_FILE)
    sealed = seal.close_up("secret", whose="o")
    assert Seal(tmp_path / KEY_FILE).open(sealed, whose="o") == "secret"
    assert seal.open(sealed, whose="p") is None
    assert seal.open(sealed[:-1], whose="o") is None
    (tmp_path / KEY_FILE).write_bytes(b"short")
    with pytest.raises(OSError, match="is no key"):
        Seal(tmp_path / KEY_FILE).open(sealed, whose="o")
