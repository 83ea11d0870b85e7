"""Sources on the command line: one is set up while the gateway stands still; keys are renewed beside a running one."""

import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import msgspec

from comms.domain.datum import Datum
from comms.domain.decoding import UNREADABLE
from comms.domain.ids import GATEWAY, JurisdictionId, SourceId
from comms.domain.order import OrderPriority
from comms.domain.source import UTC_OFFSET_H, Source, SourceDefined, WorkOrderField
from comms.gateway.clock import SystemClock
from comms.gateway.options import Options
from comms.gateway.running import is_loopback, open_storage
from comms.gateway.town import TownError
from comms.journal import history
from comms.journal.database import Database, DirectStore
from comms.journal.source_keys import SourceKeys
from comms.journal.source_polls import Poll, SourcePolls

LEAST_INTERVAL_S, MOST_INTERVAL_S = 5.0, 86_400.0


class SourceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of `source add --settings`."""

    datum: Datum = Datum.WGS84
    fields: dict[WorkOrderField, str | tuple[str, ...]] = {}
    kinds: dict[str, str] = {}
    priorities: dict[str, OrderPriority] = {}
    utc_offset_h: float = UTC_OFFSET_H


async def add_source(options: Options) -> None:
    settings = _read_settings(options)
    source_id = SourceId(options.source)
    if not source_id.isprintable() or not source_id or " " in source_id or len(source_id) > 40:
        raise TownError("A source's id is a short word without spaces, such as 12345.")
    if options.answer_url is not None:
        _check_url(options.answer_url, "Answers go to an https address; plain http only to this machine.")
    poll = _poll(options)
    fields = {name: (at,) if isinstance(at, str) else at for name, at in settings.fields.items()}
    source = Source(
        id=source_id,
        name=options.name,
        jurisdiction_id=JurisdictionId(options.jurisdiction),
        datum=settings.datum,
        fields=fields,
        kinds=settings.kinds,
        priorities=settings.priorities,
        utc_offset_h=settings.utc_offset_h,
        is_answered=options.answer_url is not None,
        is_polled=poll is not None,
    )
    async with open_storage(options.data, clock=SystemClock()) as storage:
        if source.jurisdiction_id not in storage.journal.picture.jurisdictions:
            raise TownError(f"There is no jurisdiction {source.jurisdiction_id}; load its town first.")
        await storage.journal.record(GATEWAY, [SourceDefined(source=source)])
        keys = SourceKeys(storage.journal, now=SystemClock().now)
        secret = await keys.set_answer_address(source_id, options.answer_url) if options.answer_url else None
        polls = SourcePolls(storage.journal)
        await (polls.set(source_id, poll) if poll is not None else polls.end(source_id))
        key = await keys.make(source_id) if poll is None else None
    if key is None:
        sys.stdout.write(f"Source {source_id} is set up and will be asked every {options.poll_every_s:g} s.\n")
    else:
        sys.stdout.write(f"Source {source_id} is set up. Its key, shown only now:\n{key}\n")
    if secret is not None:
        sys.stdout.write(f"The secret of our answers (X-Wangge-Signature), shown only now:\n{secret}\n")


async def renew_key(options: Options) -> None:
    async with _keys(options) as keys:
        key = await keys.make(SourceId(options.source))
    sys.stdout.write(f"The new key of {options.source}, shown only now; earlier ones have ended:\n{key}\n")


async def end_keys(options: Options) -> None:
    async with _keys(options) as keys:
        await keys.end(SourceId(options.source))
    sys.stdout.write(f"The keys of {options.source} have ended; nothing more is taken from it.\n")


@asynccontextmanager
async def _keys(options: Options) -> AsyncIterator[SourceKeys]:
    """Without the gateway's lock: only keys are written."""
    database = Database(options.data)
    try:
        if options.source not in history.load(database, recent=0).picture.work_orders.sources:
            raise TownError(f"There is no source {options.source}; set it up with `source add`.")
        yield SourceKeys(DirectStore(database), now=SystemClock().now)
    finally:
        database.close()


def _read_settings(options: Options) -> SourceSettings:
    if options.settings is None:
        return SourceSettings()
    try:
        return msgspec.json.decode(options.settings.read_bytes(), type=SourceSettings)
    except FileNotFoundError:
        raise TownError(f"There is no file {options.settings}.") from None
    except UNREADABLE as error:
        raise TownError(f"{options.settings} does not describe a source: {error}.") from None


def _poll(options: Options) -> Poll | None:
    """Whether, and how, the source is asked. Its key comes from a file: a command line is for everybody to see."""
    if options.poll_url is None:
        return None
    _check_url(options.poll_url, "A source is asked at an https address; plain http only on this machine.")
    if urlsplit(options.poll_url).query:
        raise TownError("--poll-url is the address before /requests.json, without a question mark.")
    if not LEAST_INTERVAL_S <= options.poll_every_s <= MOST_INTERVAL_S:
        raise TownError(f"A source is asked every {LEAST_INTERVAL_S:g} to {MOST_INTERVAL_S:g} s.")
    key_file, ca_file = options.poll_key_file, options.poll_ca
    try:
        key = key_file.read_text(encoding="utf-8").strip() if key_file is not None else ""
        if ca_file is not None:
            ssl.create_default_context(cafile=ca_file)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise TownError(
            f"The key or the authorities of the source cannot be read ({error}); check both files."
        ) from None
    if not key.isprintable() or not key.isascii():
        raise TownError(f"{key_file} holds no key: one line of plain letters.")
    return Poll(
        url=options.poll_url,
        jurisdiction_id=options.poll_jurisdiction,
        api_key=key,
        is_key_in_query=options.poll_key_in_query,
        ca_file=str(ca_file.absolute()) if ca_file is not None else "",
        interval_s=options.poll_every_s,
        since_parameter=options.poll_since,
    )


def _check_url(url: str, fault: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        return
    raise TownError(fault)
