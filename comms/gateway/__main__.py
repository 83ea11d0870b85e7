"""`python -m comms.gateway`: serve (the default), load a town, enrol terminals, keep officers' accounts,
import an item list, print the policy."""

import asyncio
import logging
import os
import ssl
import sys
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from comms.adapters.issuer import IssuerPlan
from comms.domain.officer import OfficerRole
from comms.domain.plan import Plan
from comms.domain.warning import WarningRule
from comms.domain.work_calendar import WorkCalendar
from comms.gateway.administration import (
    add_officer,
    assign_officer,
    disable_officer,
    enable_officer,
    end_second_factor,
    enrol,
    load,
    set_password,
)
from comms.gateway.authority_matrix import print_policy
from comms.gateway.calendars import load_calendar
from comms.gateway.certificates import Certificates
from comms.gateway.clock import SystemClock
from comms.gateway.connection_limits import LimitPlan
from comms.gateway.desk_administration import issue_certificate, list_certificates, revoke_certificate
from comms.gateway.diagnostics import make_bundle
from comms.gateway.garbage import searched_in_quiet
from comms.gateway.health import RunningSite, tell_running
from comms.gateway.integration_port import IntegrationPort
from comms.gateway.item_import import import_items
from comms.gateway.log import FOLDER, JsonLines, PlainLines, begin_log, keep_log
from comms.gateway.memory import end_when_out_of_memory
from comms.gateway.options import Options, parse
from comms.gateway.origins import names_of
from comms.gateway.patrol_administration import import_places, write_doors
from comms.gateway.plan_file import load_plans
from comms.gateway.running import SWITCH_INTERVAL_S, Running, StartError, running
from comms.gateway.selector import new_loop
from comms.gateway.settings import Settings
from comms.gateway.shutdown import stop_signal
from comms.gateway.source_administration import add_source, end_keys, renew_key
from comms.gateway.tls import FOLDER as TLS_FOLDER
from comms.gateway.tls import utc_now
from comms.gateway.town import TownError
from comms.gateway.turn import TurnServer, read_turn
from comms.gateway.warning_rules import load_rules
from comms.journal.errors import JournalDamagedError, JournalError, JournalInUseError
from comms.protocol.version import PRODUCT

EXIT_CANNOT_START = 2
EXIT_DAMAGED = 3


async def serve(options: Options) -> None:
    formatter = JsonLines() if options.log_json else PlainLines()
    with ExitStack() as stack:
        lacking: OSError | None = None
        try:
            stack.enter_context(keep_log(options.log_directory or options.data / FOLDER, formatter))
        except OSError as error:  # a disk that takes nothing is a reason for safe mode, and none to stay down
            lacking = error
        await _serve(options, formatter, lacking)


async def _serve(options: Options, formatter: logging.Formatter, lacking: OSError | None) -> None:
    end_when_out_of_memory(asyncio.get_running_loop())
    async with (
        stop_signal() as stopping,
        running(
            options.data,
            host=options.host,
            port=options.port,
            tls=_tls(options),
            integration=_integration(options),
            operations_port=options.operations_port,
            settings=_settings(options),
            may_be_safe=True,
        ) as site,
    ):
        line = options.listening_line(
            host=site.host,
            port=site.port,
            media_port=site.media_port,
            integration_port=site.integration_port,
            operations_port=site.operations_port,
        )
        sys.stdout.write(line)
        sys.stdout.flush()
        if lacking is not None:
            logging.getLogger(__name__).warning("there is no log file: %s", lacking)
        if isinstance(formatter, JsonLines):
            formatter.seq = lambda: site.gateway.journal.durable.seq
        _tell_running(options, site)
        with searched_in_quiet(clock=SystemClock(), is_quiet=lambda: site.gateway.voice.is_quiet):
            await stopping.wait()


def _tell_running(options: Options, site: Running) -> None:
    """For the diagnostics bundle, which another process makes."""
    now = site.gateway.clock.now()
    ports = {"port": site.port, "media_port": site.media_port, "integration_port": site.integration_port}
    told = RunningSite(
        version=PRODUCT,
        started_at=now,
        pid=os.getpid(),
        settings={**options.told(), **ports},
        operations_port=site.operations_port,
    )
    try:
        tell_running(options.data, told)
    except OSError as error:
        logging.getLogger(__name__).warning("a diagnostics bundle will lack the settings: %s", error)


def _certificates(options: Options) -> tuple[Path, ...]:
    if options.tls_cert is not None:
        return (options.tls_cert,)
    folder = options.data / TLS_FOLDER
    return (folder / "server.crt", folder / "ca.crt") if options.tls_local_ca else ()


def _settings(options: Options) -> Settings:
    return Settings(
        turn=_turn(options),
        warning_rules=_warning_rules(options),
        calendar=_calendar(options),
        plans=_plans(options),
        is_help_open=options.help_without_sign_in,
        idle_lock_s=60 * options.idle_lock_min,
        second_factor_roles=frozenset(OfficerRole(role) for role in options.second_factor),
        desk_rule=options.desk_certificates,
        issuer=_issuer(options),
        certificates=_certificates(options),
        journal_digest=options.journal_digest,
        anchor_directory=options.anchor_directory,
        limits=LimitPlan(
            connections=options.max_connections,
            by_address=options.max_connections_per_address,
            strangers_by_address=min(LimitPlan().strangers_by_address, options.max_connections_per_address),
        ),
        origins=options.origin,
        names=_names(options),
    )


def _issuer(options: Options) -> IssuerPlan | None:
    if not options.oidc_issuer:
        return None
    try:
        secret = options.oidc_secret_file.read_text().strip() if options.oidc_secret_file is not None else ""
        if options.oidc_ca is not None:
            ssl.create_default_context(cafile=options.oidc_ca)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise StartError(
            f"The identity service cannot be used ({error}); check --oidc-secret-file and --oidc-ca."
        ) from None
    return IssuerPlan(
        url=options.oidc_issuer,
        client_id=options.oidc_client_id,
        secret=secret,
        claim=options.oidc_claim,
        acrs=options.oidc_acr,
        is_single=options.oidc_single_sign_on,
        ca_file=options.oidc_ca,
    )


def _names(options: Options) -> frozenset[str]:
    """What the certificate says that this gateway is called; after `_tls`, which makes it."""
    own = options.data / TLS_FOLDER / "server.crt" if options.tls_local_ca else None
    file = options.tls_cert or own
    return names_of(file.read_bytes()) if file is not None else frozenset()


def _tls(options: Options) -> Certificates | None:
    now = utc_now(SystemClock().now())
    made: Certificates | None = None
    try:
        if options.tls_cert is not None and options.tls_key is not None:
            made = Certificates(options.tls_cert, options.tls_key)
        elif options.tls_local_ca:
            hosts = {options.host, options.integration_host or options.host}
            made = Certificates.of_authority(options.data, hosts=hosts, now=now)
        if made is not None:
            made.ask_desks(options.data, options.desk_certificates, now=now)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise StartError(f"The certificate or its key cannot be used ({error}); check both files.") from None
    return made


def _integration(options: Options) -> IntegrationPort | None:
    if options.integration_port is None:
        return None
    host = options.integration_host or options.host
    return IntegrationPort(host=host, port=options.integration_port, is_plain=options.integration_plain)


def _warning_rules(options: Options) -> tuple[WarningRule, ...]:
    try:
        return load_rules(options.warning_rules)
    except (OSError, ValueError) as error:
        raise StartError(f"The rules of early warning cannot be used ({error}); check --warning-rules.") from None


def _plans(options: Options) -> tuple[Plan, ...]:
    try:
        return load_plans(options.plans)
    except (OSError, ValueError) as error:
        raise StartError(f"The plans cannot be used; check --plans. {error}") from None


def _calendar(options: Options) -> WorkCalendar:
    try:
        return load_calendar(options.calendars)
    except (OSError, ValueError) as error:
        raise StartError(f"The working calendars cannot be used ({error}); check --calendars.") from None


def _turn(options: Options) -> TurnServer | None:
    if options.turn_secret_file is None:
        return None
    try:
        return read_turn(list(options.turn_url), options.turn_secret_file)
    except (OSError, ValueError) as error:
        raise StartError(f"The TURN secret cannot be read ({error}); check --turn-secret-file.") from None


WORKS: dict[str, Callable[[Options], Coroutine[Any, Any, None]]] = {
    "serve": serve,
    "load": load,
    "enrol": enrol,
    "officer add": add_officer,
    "officer assign": assign_officer,
    "officer password": set_password,
    "officer factor-end": end_second_factor,
    "officer disable": disable_officer,
    "officer enable": enable_officer,
    "items import": import_items,
    "certificate issue": issue_certificate,
    "certificate list": list_certificates,
    "certificate revoke": revoke_certificate,
    "authority": print_policy,
    "patrol places": import_places,
    "patrol doors": write_doors,
    "source add": add_source,
    "source key": renew_key,
    "source end": end_keys,
    "diagnostics": make_bundle,
}
"""By the words of the command line."""


def main(arguments: list[str] | None = None) -> int:
    options = parse(sys.argv[1:] if arguments is None else arguments)
    begin_log(is_json=options.log_json)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    try:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(WORKS[options.command](options))
    except (StartError, TownError, JournalInUseError) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_CANNOT_START
    except JournalDamagedError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_DAMAGED
    except (JournalError, OSError) as error:
        sys.stderr.write(f"The data directory {options.data} cannot be used: {error}. Check the disk and its rights.\n")
        return EXIT_CANNOT_START
    return 0


if __name__ == "__main__":
    sys.exit(main())
