"""From a data directory to a gateway that listens, and back down in order."""

import errno
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path

from argon2 import PasswordHasher

from comms.domain.ids import GATEWAY
from comms.domain.realm import Realm
from comms.gateway.certificates import Certificates, CertificateWatch
from comms.gateway.connection_limits import within_descriptors
from comms.gateway.context import Clock
from comms.gateway.descriptors import raise_limit, shortage
from comms.gateway.disk_watch import DiskWatch
from comms.gateway.footing import Footing
from comms.gateway.gateway import Gateway
from comms.gateway.health import Health
from comms.gateway.integration_port import IntegrationPort
from comms.gateway.listening import listen
from comms.gateway.safe_start import GoodCopies, safe_storage
from comms.gateway.selector import put_back, put_first
from comms.gateway.server import Server
from comms.gateway.settings import Settings
from comms.gateway.upkeep import Upkeep, switched
from comms.journal.accounts import Accounts
from comms.journal.blobs import Blobs
from comms.journal.database import Database, DirectoryLock
from comms.journal.errors import JournalDamagedError, JournalError, JournalNewerError
from comms.journal.journal import Journal
from comms.journal.realm import hold_realm
from comms.journal.sealing import KEY_FILE
from comms.journal.tracks import TrackStore
from comms.journal.writer import MakeWriter, Writer
from comms.media.forwarder import Forwarder
from comms.protocol.version import PRODUCT

_log = logging.getLogger(__name__)

OPERATIONS_HOST = "127.0.0.1"
SWITCH_INTERVAL_S = 0.0005
"""How long a worker thread may keep the interpreter while the loop, and with it voice, waits. Python's own is 5 ms."""


class StartError(Exception):
    """The gateway cannot start; the message is one plain sentence saying what to do."""


@dataclass(frozen=True, slots=True)
class Running:
    gateway: Gateway
    host: str
    port: int
    media_port: int
    integration_port: int | None = None
    operations_port: int | None = None


@dataclass(frozen=True, slots=True)
class Storage:
    """What a data directory holds, opened."""

    journal: Journal
    accounts: Accounts
    blobs: Blobs
    safe_folder: Path | None = None
    """In memory, in safe mode; None: all is on the disk."""


def is_loopback(host: str) -> bool:
    """True when nobody but this machine can reach it."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@asynccontextmanager
async def open_storage(
    data: Path,
    *,
    clock: Clock,
    hasher: PasswordHasher | None = None,
    realm: Realm = Realm.LIVE,
    make_writer: MakeWriter = Writer,
    wall_now: Callable[[], float] | None = None,
) -> AsyncIterator[Storage]:
    """Raises JournalDamagedError, JournalInUseError (OtherRealmError is one), or OSError when the directory cannot be
    had."""
    async with AsyncExitStack() as stack:
        stack.callback(DirectoryLock(data).release)
        database = Database(data)
        stack.callback(database.close)
        database.open_all()
        hold_realm(database, data, realm)
        journal = Journal(database, now=clock.now, make_writer=make_writer)
        stack.push_async_callback(journal.close)
        accounts = Accounts(journal, now=wall_now or clock.now, hasher=hasher, realm=realm, key_file=data / KEY_FILE)
        stack.callback(accounts.close)
        blobs = Blobs(data / "blobs")
        stack.callback(blobs.close)
        yield Storage(journal, accounts, blobs)


@asynccontextmanager
async def running(
    data: Path,
    *,
    host: str,
    port: int,
    tls: ssl.SSLContext | Certificates | None = None,
    settings: Settings | None = None,
    hasher: PasswordHasher | None = None,
    integration: IntegrationPort | None = None,
    operations_port: int | None = None,
    footing: Footing | None = None,
    may_be_safe: bool = False,
) -> AsyncIterator[Running]:
    """`operations_port` is opened to this machine only; `Certificates` are kept up to date while it runs.
    `may_be_safe`: rather without its journal than not at all. Raises StartError, and what `open_storage` raises."""
    certificates = tls if isinstance(tls, Certificates) else None
    context = tls.context if isinstance(tls, Certificates) else tls
    footing, settings = footing or Footing(), settings or Settings()
    limit = raise_limit()
    settings = replace(settings, limits=within_descriptors(settings.limits, limit))
    _refuse_open_keys(integration, context)
    async with AsyncExitStack() as stack:
        storage = await _open_storage(stack, data, footing, hasher=hasher, may_be_safe=may_be_safe)
        gateway = await _open_gateway(stack, storage, data, host, port, tls=context, settings=settings, footing=footing)
        _say_shortage(gateway, limit)
        server = Server(gateway)
        stack.push_async_callback(server.close)
        stack.push_async_callback(gateway.close)
        try:
            bound_host, bound_port = await server.start(host=host, port=port, tls=context, path=footing.socket_path)
        except OSError as error:
            raise _port_error("TCP", host, port, error) from None
        _watch_certificates(stack, gateway, certificates)
        integration_port = await _open_integration(stack, gateway, integration, context)
        if storage.safe_folder is None:
            if may_be_safe:
                _keep_good_copies(stack, storage.journal, data)
            _open_outwards(stack, gateway, is_answering=integration is not None)
        watched_port = await _open_operations(stack, gateway, operations_port)
        yield Running(gateway, bound_host, bound_port, gateway.forwarder.address[1], integration_port, watched_port)


async def _open_storage(
    stack: AsyncExitStack, data: Path, footing: Footing, *, hasher: PasswordHasher | None, may_be_safe: bool
) -> Storage:
    opening = open_storage(
        data,
        clock=footing.clock,
        hasher=hasher,
        realm=footing.realm,
        make_writer=footing.make_writer,
        wall_now=footing.wall_now,
    )
    try:
        return await stack.enter_async_context(opening)
    except JournalNewerError:
        raise
    except (JournalDamagedError, JournalError, OSError) as error:
        if not may_be_safe:
            raise
        return Storage(*await stack.enter_async_context(safe_storage(data, error, footing, hasher=hasher)))


def _keep_good_copies(stack: AsyncExitStack, journal: Journal, data: Path) -> None:
    copies = GoodCopies(journal, data)
    stack.push_async_callback(copies.close)
    copies.start()


def _open_tracks(data: Path, storage: Storage, footing: Footing, settings: Settings) -> TrackStore:
    """In safe mode where units go is kept on the disk if that takes it, else in memory."""
    try:
        return TrackStore(data, now=footing.clock.now, keep_days=settings.track_keep_days)
    except JournalError:
        if storage.safe_folder is None:
            raise
        return TrackStore(storage.safe_folder, now=footing.clock.now)


async def _open_gateway(
    stack: AsyncExitStack,
    storage: Storage,
    data: Path,
    host: str,
    port: int,
    *,
    tls: ssl.SSLContext | None,
    settings: Settings,
    footing: Footing,
) -> Gateway:
    """Started, and not listening yet."""
    if not is_loopback(host):
        await _refuse_an_open_door(storage.accounts, host, tls)
    tracks = _open_tracks(data, storage, footing, settings)
    stack.callback(tracks.close)
    gateway = Gateway(
        journal=storage.journal,
        blobs=storage.blobs,
        accounts=storage.accounts,
        tracks=tracks,
        forwarder=await _open_forwarder(stack, host, port, footing),
        footing=footing,
        settings=settings,
    )
    await gateway.record(GATEWAY, await switched(storage.journal, settings.journal_digest))
    await gateway.start()
    if footing.realm is Realm.LIVE and storage.safe_folder is None:
        gateway.upkeep = await _keep_up(stack, data, gateway)
    return gateway


async def _keep_up(stack: AsyncExitStack, data: Path, gateway: Gateway) -> Upkeep:
    """A drill has none, nor has safe mode: nothing in it is evidence, and what it runs on is a desk's machine."""
    settings, clock = gateway.settings, gateway.clock
    upkeep = Upkeep(
        gateway.journal,
        data,
        clock=clock,
        anchor_every_s=settings.anchor_every_s,
        anchor_directory=settings.anchor_directory,
    )
    stack.push_async_callback(upkeep.close)
    await upkeep.start()
    upkeep.health = health = Health(data, gateway.journal, clock, upkeep.anchors, settings.certificates, PRODUCT)
    health.start()
    stack.callback(health.close)
    disk = DiskWatch(data, gateway.journal, clock)
    stack.callback(disk.close)
    disk.start()
    return upkeep


def _watch_certificates(stack: AsyncExitStack, gateway: Gateway, certificates: Certificates | None) -> None:
    if certificates is None:
        return
    gateway.entrance.certificates = CertificateWatch(
        certificates, journal=gateway.journal, clock=gateway.clock, real_now=gateway.footing.real_now
    )
    stack.callback(gateway.entrance.certificates.close)
    gateway.entrance.certificates.start()


async def _open_integration(
    stack: AsyncExitStack, gateway: Gateway, wanted: IntegrationPort | None, tls: ssl.SSLContext | None
) -> int | None:
    if wanted is None:
        return None
    from comms.adapters.server import IntegrationServer  # aiohttp, which most gateways never need

    server = IntegrationServer(gateway.door)
    stack.push_async_callback(server.close)
    try:
        return await server.start(
            host=wanted.host,
            port=wanted.port,
            tls=None if wanted.is_plain else tls,
            listen=lambda host, port: listen(host, port, gateway.entrance.limits, is_polite=False),
        )
    except OSError as error:
        raise _port_error("TCP", wanted.host, wanted.port, error, option="--integration-port") from None


async def _open_operations(stack: AsyncExitStack, gateway: Gateway, port: int | None) -> int | None:
    if port is None:
        return None
    from comms.gateway.operations import Operations  # aiohttp, which most gateways never need

    operations = Operations(gateway)
    stack.push_async_callback(operations.close)
    try:
        return await operations.start(host=OPERATIONS_HOST, port=port)
    except OSError as error:
        raise _port_error("TCP", OPERATIONS_HOST, port, error, option="--operations-port") from None


def _open_outwards(stack: AsyncExitStack, gateway: Gateway, *, is_answering: bool) -> None:
    """What goes to sources by itself: answers, and questions to those that are asked for their work orders."""
    sources = gateway.picture.work_orders.sources.values()
    if is_answering or any(source.is_answered for source in sources):
        from comms.adapters.answering import Teller
        from comms.gateway.answers import Answers

        plan = gateway.settings.answer_plan
        answers = Answers(journal=gateway.journal, clock=gateway.clock, teller=Teller(), plan=plan)
        stack.push_async_callback(answers.close)
        answers.start()
    if any(source.is_polled for source in sources):
        from comms.gateway.polls import Polls

        plan = gateway.settings.poll_plan
        polls = Polls(hub=gateway.hub, journal=gateway.journal, clock=gateway.clock, plan=plan)
        stack.push_async_callback(polls.close)
        polls.start()


async def _open_forwarder(stack: AsyncExitStack, host: str, port: int, footing: Footing) -> Forwarder:
    """Its time is the loop's, whatever clock the gateway has: networks and ears know no drill."""
    if footing.make_forwarder is not None:
        forwarder = footing.make_forwarder()
    else:
        advertised = advertised_address(host, port)
        forwarder = Forwarder(host=host, port=port, advertised=advertised, clock=footing.network_time)
    stack.push_async_callback(forwarder.close)
    try:
        await forwarder.start()
    except OSError as error:
        raise _port_error("UDP", host, port, error) from None
    if footing.make_forwarder is None:
        put_first(forwarder.fileno)
        stack.callback(put_back, forwarder.fileno)
    return forwarder


def _refuse_open_keys(wanted: IntegrationPort | None, tls: ssl.SSLContext | None) -> None:
    if wanted is None or is_loopback(wanted.host):
        return
    if wanted.is_plain:
        raise StartError(
            f"Work orders on {wanted.host} without encryption are refused, because keys travel with them: leave out "
            "--integration-plain, or give --integration-host 127.0.0.1 and let a proxy on this machine encrypt."
        )
    if tls is None:
        raise StartError(
            f"Taking work orders on {wanted.host} needs encryption: give --tls-cert and --tls-key, or --tls-local-ca; "
            "without them only --integration-host 127.0.0.1 is allowed."
        )


async def _refuse_an_open_door(accounts: Accounts, host: str, tls: ssl.SSLContext | None) -> None:
    if tls is None:
        raise StartError(
            f"Listening on {host} needs encryption: give --tls-cert and --tls-key, or --tls-local-ca; "
            "without them only --host 127.0.0.1 is allowed."
        )
    sample = await accounts.officers_with_sample_password()
    if sample:
        raise StartError(
            f"Listening on {host} is refused while officers have the sample town's password: {', '.join(sample)}. "
            "Give each a new one with `python -m comms.gateway officer password`."
        )


def _port_error(kind: str, host: str, port: int, error: OSError, *, option: str = "--port") -> StartError:
    if error.errno == errno.EADDRINUSE:
        return StartError(f"{kind} port {port} on {host} is taken; stop what uses it, or choose another with {option}.")
    return StartError(f"{kind} port {port} on {host} cannot be had ({error.strerror}); choose another host or port.")


def advertised_address(host: str, port: int) -> tuple[str, int] | None:
    """What clients send media to when every address is listened on: the one this machine uses outwards."""
    if host not in ("0.0.0.0", "::"):
        return None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))  # a documentation address; connecting a UDP socket sends nothing
            return (str(probe.getsockname()[0]), port)
        except OSError:
            return ("127.0.0.1", port)


def _say_shortage(gateway: Gateway, limit: int) -> None:
    picture = gateway.picture
    told = shortage(terminals=len(picture.units), desks=len(picture.officers), limit=limit)
    if told is not None:
        _log.warning("%s", told)
