"""What the command line does besides serving. Enrolling and passwords work beside a running gateway."""

import getpass
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from comms.domain.account_events import AccountChange, AccountChanged
from comms.domain.decoding import UNREADABLE
from comms.domain.events import OfficerDefined
from comms.domain.ids import GATEWAY, DepartmentId, JurisdictionId, OfficerId, UnitId
from comms.domain.officer import OfficerRole, roles_fault
from comms.domain.picture import Picture
from comms.gateway.clock import SystemClock
from comms.gateway.options import Options
from comms.gateway.running import open_storage
from comms.gateway.town import SPLIT_SENTENCES, TownError, load_town
from comms.journal import history
from comms.journal.accounts import Accounts
from comms.journal.database import Database, DirectStore
from comms.journal.noted import note
from comms.journal.sealing import KEY_FILE
from comms.protocol.account_words import faults_words
from comms.protocol.area import decode_town
from comms.protocol.errors import Locale

_DAY_S = 86_400.0


async def load(options: Options) -> None:
    assert options.town is not None
    try:
        town = decode_town(options.town.read_bytes())
    except FileNotFoundError:
        raise TownError(f"There is no file {options.town}.") from None
    except UNREADABLE as error:
        raise TownError(f"{options.town} is no town file: {error}.") from None
    async with open_storage(options.data, clock=SystemClock()) as storage:
        loaded = await load_town(town, journal=storage.journal, accounts=storage.accounts, blobs=storage.blobs)
    sys.stdout.write(f"{loaded.events} changes, {loaded.officers_added} new officers.\n")


async def enrol(options: Options) -> None:
    """Writes a list of {unit_id, code}, readable by its owner alone: a code is as good as a terminal."""
    assert options.out is not None
    async with accounts_of(options.data) as (accounts, database):
        units = history.load(database, recent=0).picture.units
        if options.unit is not None and options.unit not in units:
            raise TownError(f"There is no unit {options.unit}; load its town first.")
        chosen = [UnitId(options.unit)] if options.unit is not None else list(units)
        codes = await accounts.issue_codes(chosen, valid_s=options.valid_days * _DAY_S)
    _write_codes(options.out, codes)
    sys.stdout.write(f"{len(codes)} codes written to {options.out}.\n")


def _write_codes(path: Path, codes: list[tuple[UnitId, str]]) -> None:
    text = json.dumps([{"unit_id": unit_id, "code": code} for unit_id, code in codes], indent=1, ensure_ascii=False)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text + "\n")


async def add_officer(options: Options) -> None:
    officer_id, jurisdiction_id = OfficerId(options.officer), JurisdictionId(options.jurisdiction)
    password = None if options.without_password else _read_password()
    async with open_storage(options.data, clock=SystemClock()) as storage:
        if jurisdiction_id not in storage.journal.picture.jurisdictions:
            raise TownError(f"There is no jurisdiction {jurisdiction_id}; load its town first.")
        if officer_id in storage.journal.picture.officers:
            raise TownError(f"There is an officer {officer_id} already; use `officer password` to change the password.")
        roles, department_id = _assignment(options, storage.journal.picture)
        if password is not None:
            await _check_password(storage.accounts, officer_id, options.name, password)
        defined = OfficerDefined(
            officer_id=officer_id,
            name=options.name,
            jurisdiction_id=jurisdiction_id,
            roles=roles,
            department_id=department_id,
        )
        await storage.journal.record(GATEWAY, [defined])
        if password is not None:
            await storage.accounts.set_password(officer_id, password)
    sys.stdout.write(f"Officer {officer_id} added.\n")


async def assign_officer(options: Options) -> None:
    officer_id = OfficerId(options.officer)
    async with open_storage(options.data, clock=SystemClock()) as storage:
        known = storage.journal.picture.officers.get(officer_id)
        if known is None:
            raise TownError(f"There is no officer {officer_id}.")
        roles, department_id = _assignment(options, storage.journal.picture)
        defined = OfficerDefined(
            officer_id=officer_id,
            name=known.name,
            jurisdiction_id=known.jurisdiction_id,
            roles=roles,
            department_id=department_id,
        )
        await storage.journal.record(GATEWAY, [defined])
    sys.stdout.write(f"Officer {officer_id} assigned.\n")


def _assignment(options: Options, picture: Picture) -> tuple[tuple[OfficerRole, ...], DepartmentId | None]:
    roles = tuple(OfficerRole(role) for role in options.roles)
    department_id = DepartmentId(options.department) if options.department is not None else None
    if department_id is not None and department_id not in picture.departments:
        raise TownError(f"There is no department {department_id}; load its town first.")
    fault = roles_fault(roles)
    if fault is not None:
        raise TownError(SPLIT_SENTENCES[fault])
    if OfficerRole.HANDLER in roles and department_id is None:
        raise TownError("A handler answers for a department; name it with --department.")
    return roles, department_id


async def set_password(options: Options) -> None:
    officer_id = OfficerId(options.officer)
    async with accounts_of(options.data) as (accounts, database):
        officer = history.load(database, recent=0).picture.officers.get(officer_id)
        if officer is None:
            raise TownError(f"There is no officer {officer_id}.")
        password = _read_password()
        await _check_password(accounts, officer_id, officer.name, password)
        await accounts.set_password(officer_id, password)
    note(options.data, AccountChanged(officer_id=officer_id, what=AccountChange.PASSWORD_SET))
    sys.stdout.write(f"Password of {officer_id} changed; earlier sign-ins have ended.\n")


async def end_second_factor(options: Options) -> None:
    """For an officer who has lost both the authenticator and the recovery codes, once he is known to be himself."""
    officer_id = OfficerId(options.officer)
    async with accounts_of(options.data) as (accounts, database):
        if officer_id not in history.load(database, recent=0).picture.officers:
            raise TownError(f"There is no officer {officer_id}.")
        await accounts.factors.end(officer_id)
    note(options.data, AccountChanged(officer_id=officer_id, what=AccountChange.SECOND_FACTOR_OFF))
    sys.stdout.write(f"Officer {officer_id} signs in with the password alone until a second factor is set up again.\n")


async def disable_officer(options: Options) -> None:
    officer_id = OfficerId(options.officer)
    async with accounts_of(options.data) as (accounts, database):
        if officer_id not in history.load(database, recent=0).picture.officers:
            raise TownError(f"There is no officer {officer_id}.")
        if not await accounts.disabled.add(officer_id, options.reason):
            raise TownError(f"Officer {officer_id} is disabled already.")
    sys.stdout.write(f"Officer {officer_id} disabled; who is signed in is signed out within a minute.\n")


async def enable_officer(options: Options) -> None:
    officer_id = OfficerId(options.officer)
    async with accounts_of(options.data) as (accounts, _):
        if not await accounts.disabled.remove(officer_id):
            raise TownError(f"Officer {officer_id} is not disabled.")
    sys.stdout.write(f"Officer {officer_id} may sign in again.\n")


@asynccontextmanager
async def accounts_of(data: Path) -> AsyncIterator[tuple[Accounts, Database]]:
    """Without the gateway's lock: only accounts are written."""
    database = Database(data)
    accounts = Accounts(DirectStore(database), now=SystemClock().now, key_file=data / KEY_FILE)
    try:
        yield accounts, database
    finally:
        accounts.close()
        database.close()


def _read_password() -> str:
    """From standard input, never from the command line, where other users of the machine could read it."""
    if sys.stdin.isatty():
        password = getpass.getpass("New password: ")
    else:
        password = sys.stdin.readline().rstrip("\n")
    return password


async def _check_password(accounts: Accounts, officer_id: OfficerId, name: str, password: str) -> None:
    """Raises TownError with what the rules ask for."""
    faults = await accounts.passwords.faults(officer_id, password, (name,))
    if faults:
        raise TownError(f"The password does not fit: {faults_words(faults, Locale.EN)}. Nothing was changed.")
