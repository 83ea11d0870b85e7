"""Accounts on a real database: what is right, what is wrong, what is used up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from comms.domain.ids import OfficerId, UnitId
from comms.journal.accounts import REFRESH_LIFE_S, SAMPLE_PASSWORD, TOKEN_LIFE_S, Accounts, new_code, normal_code
from comms.journal.database import Database, DirectStore
from comms.journal.enrolments import REMEMBER_SPENT_S, NewDevice, Spent
from tests.support.journal import SteppedClock, open_journal

OFFICER, OTHER = OfficerId("o"), OfficerId("p")
U1, U2 = UnitId("u1"), UnitId("u2")
KEY, OTHER_KEY = "k" * 32, "o" * 32


@asynccontextmanager
async def open_accounts(data: Path, clock: SteppedClock | None = None) -> AsyncIterator[Accounts]:
    async with open_journal(data) as journal:
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        accounts = Accounts(journal, now=(clock or SteppedClock()).now, hasher=hasher)
        try:
            yield accounts
        finally:
            accounts.close()


async def test_only_the_right_password_of_a_known_officer(tmp_path: Path) -> None:
    async with open_accounts(tmp_path) as accounts:
        await accounts.set_password(OFFICER, "right-password")
        assert await accounts.check_password(OFFICER, "right-password")
        assert not await accounts.check_password(OFFICER, "wrong-password")
        assert not await accounts.check_password(OTHER, "right-password")
        assert not await accounts.check_password(OFFICER, "")


async def test_loading_again_keeps_the_password_an_officer_has(tmp_path: Path) -> None:
    async with open_accounts(tmp_path) as accounts:
        assert await accounts.add_officers([(OFFICER, "first-one"), (OTHER, SAMPLE_PASSWORD)]) == [OFFICER, OTHER]
        assert await accounts.add_officers([(OFFICER, "second-one")]) == []
        assert await accounts.check_password(OFFICER, "first-one")
        assert await accounts.officers_with_sample_password() == [OTHER]
        await accounts.set_password(OTHER, "own-choice")
        assert await accounts.officers_with_sample_password() == []


async def test_a_token_lives_an_hour(tmp_path: Path) -> None:
    clock = SteppedClock()
    async with open_accounts(tmp_path, clock) as accounts:
        granted, family = await accounts.grant_tokens(OFFICER)
        held = await accounts.check_token(granted.token)
        assert held is not None
        assert (held.officer_id, held.family, held.expires_at) == (OFFICER, family, clock.at + TOKEN_LIFE_S)
        assert await accounts.check_token(granted.refresh_token) is None, "each is good for one thing"
        assert await accounts.refresh(granted.token) is None
        assert await accounts.check_token("invented") is None
        clock.at += TOKEN_LIFE_S
        assert await accounts.check_token(granted.token) is None


async def test_a_refresh_token_is_good_once_and_its_second_use_ends_the_family(tmp_path: Path) -> None:
    clock = SteppedClock()
    async with open_accounts(tmp_path, clock) as accounts:
        granted, _ = await accounts.grant_tokens(OFFICER)
        elsewhere, _ = await accounts.grant_tokens(OFFICER)
        clock.at += TOKEN_LIFE_S + 1
        second = await accounts.refresh(granted.refresh_token)
        assert second is not None
        assert await accounts.check_token(second.token) is not None
        assert await accounts.refresh(granted.refresh_token) is None
        assert await accounts.check_token(second.token) is None
        assert await accounts.refresh(second.refresh_token) is None
        assert await accounts.refresh(elsewhere.refresh_token) is not None, "another sign-in is not concerned"


async def test_tokens_end_by_time_sign_out_and_a_new_password(tmp_path: Path) -> None:
    clock = SteppedClock()
    async with open_accounts(tmp_path, clock) as accounts:
        old, _ = await accounts.grant_tokens(OFFICER)
        clock.at += REFRESH_LIFE_S
        assert await accounts.refresh(old.refresh_token) is None
        signed_out, family = await accounts.grant_tokens(OFFICER)
        await accounts.revoke(family)
        assert await accounts.check_token(signed_out.token) is None
        before, _ = await accounts.grant_tokens(OFFICER)
        await accounts.set_password(OFFICER, "new-password")
        assert await accounts.check_token(before.token) is None


async def test_an_enrolment_code_is_good_once_and_for_its_time(tmp_path: Path) -> None:
    clock = SteppedClock()
    async with open_accounts(tmp_path, clock) as accounts:
        [(_, code), (_, late)] = await accounts.issue_codes([U1, U2], valid_s=60)
        typed = code.lower().replace("-", " ")
        enrolments = accounts.enrolments
        enrolled = await enrolments.enrol(typed, device_name="phone")
        assert isinstance(enrolled, NewDevice)
        assert enrolled.unit_id == U1
        assert await enrolments.unit_of(enrolled.device_token) == U1
        assert await enrolments.enrol(code, device_name="phone") is Spent.USED
        assert await enrolments.enrol("AAAA", device_name="phone") is None
        assert [one.unit_id for one in await enrolments.open_codes()] == [U2]
        clock.at += 60
        assert await enrolments.open_codes() == []
        assert await enrolments.enrol(late, device_name="phone") is Spent.EXPIRED
        assert await enrolments.enrol(late, device_name="phone") is Spent.EXPIRED, "and goes on saying so"
        assert await enrolments.unit_of("invented") is None


async def test_a_device_that_lost_its_answer_gets_it_again_and_no_other_device_does(tmp_path: Path) -> None:
    clock = SteppedClock()
    async with open_accounts(tmp_path, clock) as accounts:
        [(_, code), (_, other_code)] = await accounts.issue_codes([U1, U2], valid_s=60)
        enrolments = accounts.enrolments
        first = await enrolments.enrol(code, device_name="phone", device_key=KEY)
        assert isinstance(first, NewDevice)
        assert not first.is_again
        assert await enrolments.enrol(code, device_name="other", device_key=OTHER_KEY) is Spent.USED
        assert await enrolments.enrol(code, device_name="other") is Spent.USED
        clock.at += 120
        again = await enrolments.enrol(code.lower(), device_name="phone", device_key=KEY)
        assert again == NewDevice(U1, first.device_token, is_again=True), "it was in time the first time"
        assert await enrolments.enrol(other_code, device_name="phone", device_key=KEY) is Spent.EXPIRED, "never used"
        assert [device.name for device in await enrolments.devices()] == ["phone"]


async def test_a_device_that_ended_does_not_come_back_by_its_old_code(tmp_path: Path) -> None:
    async with open_accounts(tmp_path) as accounts:
        enrolments = accounts.enrolments
        [(_, old)] = await accounts.issue_codes([U1], valid_s=60)
        await enrolments.enrol(old, device_name="", device_key=KEY)
        [(_, new)] = await accounts.issue_codes([U1], valid_s=60)
        await enrolments.enrol(new, device_name="", device_key=OTHER_KEY)
        assert await enrolments.enrol(old, device_name="", device_key=KEY) is Spent.DEVICE_REVOKED
        await enrolments.revoke_device(U1)
        assert await enrolments.enrol(new, device_name="", device_key=OTHER_KEY) is Spent.DEVICE_REVOKED
        [(_, third)] = await accounts.issue_codes([U1], valid_s=60)
        found = await enrolments.enrol(third, device_name="", device_key=KEY)
        assert isinstance(found, NewDevice), "the same phone with a new code"
        assert await enrolments.unit_of(found.device_token) == U1


async def test_a_new_code_ends_the_old_one_and_a_new_device_the_old_one(tmp_path: Path) -> None:
    async with open_accounts(tmp_path) as accounts:
        assert await accounts.issue_codes([], valid_s=60) == []
        [(_, first)] = await accounts.issue_codes([U1], valid_s=60)
        [(_, second)] = await accounts.issue_codes([U1], valid_s=60)
        enrolments = accounts.enrolments
        assert await enrolments.enrol(first, device_name="") is Spent.REVOKED
        old = await enrolments.enrol(second, device_name="")
        [(_, third)] = await accounts.issue_codes([U1], valid_s=60)
        new = await enrolments.enrol(third, device_name="phone")
        assert isinstance(old, NewDevice)
        assert isinstance(new, NewDevice)
        assert await enrolments.unit_of(old.device_token) is Spent.DEVICE_REVOKED
        assert await enrolments.unit_of(new.device_token) == U1
        [(_, fourth)] = await accounts.issue_codes([U1], valid_s=60)
        ended = await enrolments.revoke_device(U1)
        assert ended is not None
        assert ended.name == "phone"
        assert await enrolments.unit_of(new.device_token) is Spent.DEVICE_REVOKED
        assert await enrolments.enrol(fourth, device_name="") is Spent.REVOKED, "no way back in but a new code"
        assert await enrolments.revoke_device(U1) is None
        assert not await enrolments.revoke_code(U1)


async def test_what_has_ended_is_forgotten_in_the_end(tmp_path: Path) -> None:
    clock = SteppedClock()
    async with open_accounts(tmp_path, clock) as accounts:
        [(_, first)] = await accounts.issue_codes([U1], valid_s=60)
        await accounts.issue_codes([U1], valid_s=60)
        clock.at += REMEMBER_SPENT_S + 1
        await accounts.issue_codes([U1], valid_s=60)
        assert await accounts.enrolments.enrol(first, device_name="") is None


async def test_sign_ins_are_known_until_they_end(tmp_path: Path) -> None:
    clock = SteppedClock()
    async with open_accounts(tmp_path, clock) as accounts:
        _, family = await accounts.grant_tokens(OFFICER, address="10.0.0.3", program="wangge-desk 1")
        await accounts.grant_tokens(OTHER)
        [kept] = await accounts.sign_ins(OFFICER)
        assert (kept.family, kept.address, kept.program) == (family, "10.0.0.3", "wangge-desk 1")
        assert len(await accounts.sign_ins()) == 2
        await accounts.revoke(family)
        assert [one.officer_id for one in await accounts.sign_ins()] == [OTHER]
        clock.at += REFRESH_LIFE_S
        assert await accounts.sign_ins() == []


async def test_nothing_secret_is_stored(tmp_path: Path) -> None:
    async with open_accounts(tmp_path) as accounts:
        await accounts.set_password(OFFICER, "right-password")
        granted, _ = await accounts.grant_tokens(OFFICER)
        [(_, code), (_, unused)] = await accounts.issue_codes([U1, U2], valid_s=60)
        enrolled = await accounts.enrolments.enrol(code, device_name="phone")
        assert isinstance(enrolled, NewDevice)
    stored = _everything_in(tmp_path)
    secrets = (
        "right-password",
        granted.token,
        granted.refresh_token,
        enrolled.device_token,
        unused,
        normal_code(unused),
    )
    assert not [secret for secret in secrets if secret.encode() in stored]


def _everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_the_command_line_works_beside_a_running_journal(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        beside = Database(tmp_path)
        accounts = Accounts(DirectStore(beside), now=SteppedClock().now)
        [(_, code)] = await accounts.issue_codes([U1], valid_s=60)
        running = Accounts(journal, now=SteppedClock().now)
        assert isinstance(await running.enrolments.enrol(code, device_name="phone"), NewDevice)
        for each in (accounts, running):
            each.close()
        beside.close()


async def test_a_hash_that_was_damaged_is_a_wrong_password(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        accounts = Accounts(journal, now=SteppedClock().now)
        await accounts.set_password(OFFICER, "right-password")
        await journal.change(
            lambda connection: connection.execute(text("UPDATE officer_account SET password_hash='?'"))
        )
        assert not await accounts.check_password(OFFICER, "right-password")
        accounts.close()


@pytest.mark.parametrize("_", range(5))
def test_codes_are_long_and_without_letters_that_look_alike(_: int) -> None:
    code = new_code()
    assert len(normal_code(code)) == 16
    assert not set(normal_code(code)) & set("01IO")
