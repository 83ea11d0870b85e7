"""Passwords at a real gateway: too old, too simple, used before; and what a new one ends."""

from pathlib import Path

import pytest

from comms.domain.account_events import AccountChange, AccountChanged, SignInLocked
from comms.domain.ids import OfficerId
from comms.domain.password import DAY_S
from comms.domain.realm import Realm
from comms.gateway.settings import Settings
from comms.journal.accounts import SAMPLE_PASSWORD
from comms.journal.passwords import Passwords
from comms.protocol.account_commands import AccountPassword, AccountRead, AccountUnlock
from comms.protocol.account_pushes import AccountState
from comms.protocol.commands import DeskResume, DeskSignIn, TokenRefresh
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.pushes import Done, Push, Refused, TokenGranted, Welcome
from comms.protocol.version import PROTOCOL_VERSION
from tests.support.gateway import ADMIN, NORTH_DUTY, PASSWORD, Site, cheap_hasher, running_gateway
from tests.support.journal import SteppedClock, open_journal
from tests.support.terminal import Peer, code_of, desk, new_id, peer

NEXT = "Tian-Qiao.88x"


async def sign_in(made: Peer, password: str = PASSWORD, **more: str) -> Push:
    command = DeskSignIn(
        id=new_id(), protocol=PROTOCOL_VERSION, name=NORTH_DUTY, password=password, locale=Locale.EN, **more
    )
    return await made.ask(command)


def make_old(site: Site, days: float) -> None:
    """As if the passwords had been set so long ago."""
    assert site.gateway is not None
    passwords, now = site.gateway.accounts.passwords, site.gateway.clock.now
    passwords._now = lambda: now() + days * DAY_S


async def test_an_old_password_is_changed_where_it_is_typed(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, peer(site) as made:
        make_old(site, 84)
        warned = await sign_in(made)
        assert isinstance(warned, Welcome)
        assert warned.password_expires_at is not None
        make_old(site, 91)
        async with peer(site) as late:
            for _ in range(6):  # asked for, not wrong: nobody is locked out by it
                assert code_of(await sign_in(late)) == RefusalCode.PASSWORD_EXPIRED
            weak = await sign_in(late, new_password="Wangge2026!")
            assert isinstance(weak, Refused)
            assert weak.text.endswith("nothing was changed: not one that is easily guessed.")
            assert code_of(await sign_in(late, new_password=PASSWORD)) == RefusalCode.PASSWORD_RULES, "used before"
            assert code_of(await sign_in(late, "wrong", new_password=NEXT)) == RefusalCode.WRONG_CREDENTIALS
            welcome = await sign_in(late, new_password=NEXT)
            assert isinstance(welcome, Welcome)
            assert welcome.password_expires_at is None
        async with peer(site) as made_again:
            assert code_of(await sign_in(made_again)) == RefusalCode.WRONG_CREDENTIALS
            assert isinstance(await sign_in(made_again, NEXT), Welcome)


async def test_an_officer_changes_the_password_and_other_sign_ins_end(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, ADMIN) as admin:
        await admin.subscribe()
        async with desk(site, NORTH_DUTY) as elsewhere:
            old = elsewhere.all(Welcome)[0]
        async with desk(site, NORTH_DUTY) as officer:
            state = await officer.ask_for(AccountRead(id=new_id()), AccountState)
            assert state.password_expires_at is not None
            wrong = AccountPassword(id=new_id(), password="wrong", new_password=NEXT)
            assert code_of(await officer.ask(wrong)) == RefusalCode.WRONG_CREDENTIALS
            weak = AccountPassword(id=new_id(), password=PASSWORD, new_password="North-2026-x")
            assert code_of(await officer.ask(weak)) == RefusalCode.PASSWORD_RULES, "it has the account's name in it"
            command = AccountPassword(id=new_id(), password=PASSWORD, new_password=NEXT)
            granted = await officer.ask_for(command, TokenGranted)
        async with peer(site) as made:
            for spent in (old.token, officer.all(Welcome)[0].token):
                resume = DeskResume(id=new_id(), protocol=PROTOCOL_VERSION, token=spent or "")
                assert code_of(await made.ask(resume)) == RefusalCode.TOKEN_EXPIRED
            await made.ask_for(TokenRefresh(id=new_id(), refresh_token=granted.refresh_token), TokenGranted)
        changed = await admin.event(AccountChanged)
        assert changed == AccountChanged(officer_id=NORTH_DUTY, what=AccountChange.PASSWORD)


async def test_a_name_that_is_locked_is_kept_for_who_looks_into_it(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, ADMIN) as admin, peer(site) as made:
        await admin.subscribe()
        for _ in range(5):
            await sign_in(made, "wrong")
        locked = await admin.event(SignInLocked)
        assert (locked.name, locked.address) == (NORTH_DUTY, "127.0.0.1")
        assert locked.wait_s == pytest.approx(30, abs=5)


async def test_the_last_five_are_remembered_and_the_sixth_is_free_again(tmp_path: Path) -> None:
    clock, officer = SteppedClock(), OfficerId("o")
    async with open_journal(tmp_path) as journal:
        passwords = Passwords(journal, now=clock.now, hasher=cheap_hasher())
        chosen = [f"Tian-Qiao.{number}x" for number in range(6)]
        for each in chosen:
            assert await passwords.faults(officer, each, ()) == ()
            await passwords.put(officer, each)
        assert [bool(await passwords.faults(officer, each, ())) for each in chosen] == [False] + [True] * 5
        passwords.close()


async def test_what_a_town_brings_and_a_drill_makes_never_gets_too_old(tmp_path: Path) -> None:
    clock, officer = SteppedClock(), OfficerId("o")
    async with open_journal(tmp_path) as journal:
        live = Passwords(journal, now=clock.now, hasher=cheap_hasher())
        await live.put(officer, SAMPLE_PASSWORD)
        assert await live.expires_at(officer) is None
        await live.put(officer, NEXT)
        assert await live.expires_at(officer, NEXT) == clock.at + 90 * DAY_S
        drill = Passwords(journal, now=clock.now, hasher=cheap_hasher(), realm=Realm.DRILL)
        assert await drill.expires_at(officer) is None
        for each in (live, drill):
            each.close()


async def test_a_locked_desk_is_unlocked_by_the_password_within_the_doors_limits(tmp_path: Path) -> None:
    settings = Settings(idle_lock_s=600)
    async with running_gateway(tmp_path, settings=settings) as site, desk(site, NORTH_DUTY) as officer:
        assert officer.all(Welcome)[0].idle_lock_s == 600
        for _ in range(4):
            assert code_of(await officer.ask(AccountUnlock(id=new_id(), password="x"))) == RefusalCode.WRONG_CREDENTIALS
        await officer.ask_for(AccountUnlock(id=new_id(), password=PASSWORD), Done)
        for _ in range(5):
            await officer.ask(AccountUnlock(id=new_id(), password="x"))
        locked = await officer.ask(AccountUnlock(id=new_id(), password=PASSWORD))
        assert code_of(locked) == RefusalCode.TRY_LATER
