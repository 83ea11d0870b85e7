"""The gateway's command line."""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

from comms.adapters.issuer import is_safe_address
from comms.domain.audit_events import DigestKind
from comms.domain.officer import OfficerRole
from comms.gateway.connection_limits import LimitPlan
from comms.gateway.desk_authority import DeskRule
from comms.gateway.origins import is_origin
from comms.journal.source_polls import SINCE

DEFAULT_PORT = 8470
_LIMITS = LimitPlan()
_COMMANDS = (
    "serve",
    "load",
    "enrol",
    "officer",
    "items",
    "source",
    "patrol",
    "authority",
    "diagnostics",
    "certificate",
)


@dataclass(frozen=True, slots=True)
class Options:
    command: str
    data: Path = Path()
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    tls_cert: Path | None = None
    tls_key: Path | None = None
    tls_local_ca: bool = False
    turn_url: tuple[str, ...] = ()
    turn_secret_file: Path | None = None
    warning_rules: Path | None = None
    calendars: Path | None = None
    plans: Path | None = None
    integration_port: int | None = None
    integration_host: str | None = None
    integration_plain: bool = False
    operations_port: int | None = None
    help_without_sign_in: bool = False
    second_factor: tuple[str, ...] = ()
    desk_certificates: DeskRule = DeskRule.OFF
    desk: str = ""
    serial: str = ""
    reason: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_secret_file: Path | None = None
    oidc_claim: str = "sub"
    oidc_acr: tuple[str, ...] = ()
    oidc_single_sign_on: bool = False
    oidc_ca: Path | None = None
    idle_lock_min: float = 15.0
    log_json: bool = False
    log_directory: Path | None = None
    journal_digest: DigestKind | None = None
    anchor_directory: Path | None = None
    origin: tuple[str, ...] = ()
    max_connections: int = _LIMITS.connections
    max_connections_per_address: int = _LIMITS.by_address
    town: Path | None = None
    out: Path | None = None
    unit: str | None = None
    valid_days: float = 30.0
    officer: str = ""
    without_password: bool = False
    name: str = ""
    jurisdiction: str = ""
    file: Path | None = None
    in_force_from: str = ""
    roles: tuple[str, ...] = ()
    department: str | None = None
    source: str = ""
    settings: Path | None = None
    answer_url: str | None = None
    poll_url: str | None = None
    poll_jurisdiction: str = ""
    poll_key_file: Path | None = None
    poll_key_in_query: bool = False
    poll_ca: Path | None = None
    poll_every_s: float = 60.0
    poll_since: str = SINCE[0]

    def told(self) -> dict[str, str | int | float | bool | None]:
        """What serves, for a diagnostics bundle: of files only that there are some."""
        names = ("host", "port", "tls_local_ca", "integration_port", "integration_plain", "log_json", "operations_port")
        files = ("tls_cert", "turn_secret_file", "warning_rules", "calendars", "plans", "anchor_directory")
        given: dict[str, str | int | float | bool | None] = {name: getattr(self, name) for name in names}
        given |= {f"has_{name}": getattr(self, name) is not None for name in files}
        return given | {"turn_servers": len(self.turn_url), "journal_digest": self.journal_digest}

    def listening_line(self, *, host: str, port: int, media_port: int, **more: int | None) -> str:
        """What a parent process reads to find port 0. `more` are other ports, None those that are not open."""
        found: dict[str, str | int] = {"host": host, "port": port, "media_port": media_port}
        found |= {name: number for name, number in more.items() if number is not None}
        return json.dumps({"listening": found}) + "\n"


def parse(arguments: list[str]) -> Options:
    """Without a command: serve. Leaves by SystemExit(2) when the arguments make no sense."""
    if not arguments or (arguments[0] not in _COMMANDS and arguments[0] not in ("-h", "--help")):
        arguments = ["serve", *arguments]
    parser = _parser()
    found = parser.parse_args(arguments)
    fault = _serving_fault(found) if found.command == "serve" else ""
    if fault:
        parser.error(fault)
    values = {key: value for key, value in vars(found).items() if key != "every"}
    values["turn_url"] = tuple(values.get("turn_url", ()))
    values["origin"] = tuple(values.get("origin", ()))
    for origin in values["origin"]:
        if not is_origin(origin):
            parser.error(f"--origin {origin}: write it as a browser does, such as https://desk.example:8443")
    if "action" in values:
        values["command"] += f" {values.pop('action')}"
    values["roles"] = tuple(values.get("roles", ()))
    values["oidc_acr"] = tuple(values.get("oidc_acr", ()))
    values["second_factor"] = tuple(values.get("second_factor", ()))
    return Options(**values)


def _serving_fault(found: argparse.Namespace) -> str:
    """What does not go together; empty when all does."""
    is_encrypted = found.tls_cert is not None or found.tls_local_ca
    needs_port = found.integration_host is not None or found.integration_plain
    faults = {
        "--tls-cert and --tls-key go together": (found.tls_cert is None) is not (found.tls_key is None),
        "--turn-url and --turn-secret-file go together": bool(found.turn_url) is (found.turn_secret_file is None),
        "--integration-host and --integration-plain need --integration-port": found.integration_port is None
        and needs_port,
        "--desk-certificates needs --tls-cert and --tls-key, or --tls-local-ca": not is_encrypted
        and found.desk_certificates is not DeskRule.OFF,
        "--oidc-issuer and --oidc-client-id go together": bool(found.oidc_issuer) is not bool(found.oidc_client_id),
        "--oidc-issuer: an https address is needed; http is for this machine only": bool(found.oidc_issuer)
        and not is_safe_address(found.oidc_issuer),
    }
    return next((fault for fault, is_so in faults.items() if is_so), "")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m comms.gateway", description="The fused-communication gateway.")
    commands = parser.add_subparsers(dest="command", required=True)

    _add_serving(commands)
    loading = _command(commands, "load", "load a town; loading it again changes nothing")
    loading.add_argument("--town", type=Path, required=True)

    enrolling = _command(commands, "enrol", "make enrolment codes")
    whom = enrolling.add_mutually_exclusive_group(required=True)
    whom.add_argument("--all", dest="every", action="store_true", help="every unit")
    whom.add_argument("--unit")
    enrolling.add_argument("--out", type=Path, required=True, help="file for the list of unit_id and code")
    enrolling.add_argument("--valid-days", type=float, default=30.0)

    bundling = _command(commands, "diagnostics", "a bundle for whoever helps: no names, numbers, secrets or places")
    bundling.add_argument("--out", type=Path, required=True, help="bundle.zip")

    _add_officer_commands(commands)
    _add_certificate_commands(commands)
    _add_items(commands)
    _add_source_commands(commands)
    _add_patrol(commands)
    commands.add_parser("authority", help="print who may do what: the policy, one line for each command")
    return parser


def _add_serving(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serving = _command(commands, "serve", "listen (the default)")
    serving.add_argument("--host", default="127.0.0.1", help="any other host needs TLS")
    serving.add_argument("--port", type=int, default=DEFAULT_PORT, help="TCP and, for media, UDP; 0 takes any")
    serving.add_argument("--tls-cert", type=Path, help="certificate chain (PEM)")
    serving.add_argument("--tls-key", type=Path, help="its private key (PEM)")
    serving.add_argument("--tls-local-ca", action="store_true", help="use a certificate authority of this gateway")
    serving.add_argument("--turn-url", action="append", default=[], help="of a coturn server; may be repeated")
    serving.add_argument("--turn-secret-file", type=Path, help="holds coturn's static-auth-secret")
    serving.add_argument("--warning-rules", type=Path, help="rules of early warning (JSON), instead of the product's")
    serving.add_argument("--plans", type=Path, help="emergency plans (JSON), instead of the product's")
    serving.add_argument(
        "--calendars", type=Path, help="folder of yearly working calendars (JSON), instead of the product's"
    )
    serving.add_argument(
        "--integration-port", type=int, help="take work orders of outside systems by HTTP on this port; 0 takes any"
    )
    serving.add_argument("--integration-host", help="where outside systems reach it; as --host when not given")
    serving.add_argument(
        "--integration-plain", action="store_true", help="without TLS, for a proxy on this machine; loopback only"
    )
    serving.add_argument(
        "--help-without-sign-in",
        action="store_true",
        help="let somebody who cannot sign in call for help: an incident that rings at the desks",
    )
    serving.add_argument(
        "--operations-port", type=int, help="/healthz, /readyz and /metrics for this machine only; 0 takes any"
    )
    _add_guarding(serving)
    _add_issuer(serving)
    _add_limits(serving)


def _add_guarding(serving: argparse.ArgumentParser) -> None:
    serving.add_argument(
        "--second-factor",
        action="append",
        default=[],
        choices=[role.value for role in OfficerRole],
        help="officers of this role have to set up a second factor; may be repeated",
    )
    serving.add_argument(
        "--desk-certificates",
        type=DeskRule,
        choices=list(DeskRule),
        default=DeskRule.OFF,
        help="whether desks have to show a certificate (`certificate issue`); terminals never have to",
    )
    serving.add_argument(
        "--idle-lock-min", type=float, default=15.0, help="a desk nobody touches locks itself after so long; 0 never"
    )
    serving.add_argument("--log-json", action="store_true", help="a JSON object a line, for whoever gathers them")
    serving.add_argument("--log-directory", type=Path, help="where log files lie; `log` in the data directory else")
    serving.add_argument("--journal-digest", type=DigestKind, choices=list(DigestKind), help="as it is when not given")
    serving.add_argument("--anchor-directory", type=Path, help="signed anchors of the journal, too; on another disk")


def _add_issuer(serving: argparse.ArgumentParser) -> None:
    serving.add_argument(
        "--oidc-issuer",
        default="",
        help="the site's OpenID Connect issuer, as it writes its own name (https); officers may then sign in there",
    )
    serving.add_argument("--oidc-client-id", default="", help="what the issuer calls this gateway")
    serving.add_argument("--oidc-secret-file", type=Path, help="holds the client's secret; none for a public client")
    serving.add_argument(
        "--oidc-claim", default="sub", help="what names the officer's account in the ID token (%(default)s)"
    )
    serving.add_argument(
        "--oidc-acr",
        action="append",
        default=[],
        help="an acr that counts as two factors, besides amr mfa; it is asked for, and may be repeated",
    )
    serving.add_argument(
        "--oidc-single-sign-on",
        action="store_true",
        help="a sign-in that the browser still holds is enough; a locked desk always asks anew",
    )
    serving.add_argument("--oidc-ca", type=Path, help="authorities (PEM) the issuer's certificate is checked by")


def _add_limits(serving: argparse.ArgumentParser) -> None:
    serving.add_argument(
        "--origin", action="append", default=[], help="of a page that may open the WebSocket; may be repeated"
    )
    serving.add_argument(
        "--max-connections", type=_positive, default=_LIMITS.connections, help="at one time (%(default)s)"
    )
    serving.add_argument(
        "--max-connections-per-address",
        type=_positive,
        default=_LIMITS.by_address,
        help="at one time from one address (%(default)s): a whole town may be behind one",
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _add_officer_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    officer = commands.add_parser("officer", help="officers' accounts; passwords are read from standard input")
    actions = officer.add_subparsers(dest="action", required=True)
    adding = _command(actions, "add", "a new officer")
    adding.add_argument("--name", required=True)
    adding.add_argument("--jurisdiction", required=True)
    adding.add_argument(
        "--without-password", action="store_true", help="signs in at the site's identity service only (--oidc-issuer)"
    )
    changing = _command(actions, "password", "a new password for an officer")
    ending = _command(actions, "factor-end", "an officer without authenticator and recovery codes signs in by password")
    disabling = _command(actions, "disable", "an officer who has left, or must not, signs in by no way at all")
    disabling.add_argument("--reason", required=True, help="what the journal says of it")
    enabling = _command(actions, "enable", "an officer who was disabled may sign in again")
    assigning = _command(actions, "assign", "other roles and another department for an officer")
    for action in (adding, assigning):
        action.add_argument(
            "--role",
            dest="roles",
            action="append",
            default=[],
            choices=[role.value for role in OfficerRole],
            help="may be repeated; without any the officer has every role in cases, and none that administers. "
            "system, security and audit stand alone: whoever administers commands nobody",
        )
        action.add_argument("--department", help="whose cases the officer handles")
    for action in (adding, changing, ending, disabling, enabling, assigning):
        action.add_argument("--officer", required=True, help="the officer's id, with which he signs in")


def _add_certificate_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    certificate = commands.add_parser("certificate", help="certificates with which desks show which one they are")
    actions = certificate.add_subparsers(dest="action", required=True)
    issuing = _command(actions, "issue", "one file for one desk; a .p12's password is read from standard input")
    issuing.add_argument("--desk", type=_desk_name, required=True, help="what you call it")
    issuing.add_argument("--out", type=Path, required=True, help="DESK.p12, under a password, or DESK.pem, without one")
    issuing.add_argument("--valid-days", type=_days, default=365, help="at most 1095 (%(default)s)")
    _command(actions, "list", "serial, desk, last day, state")
    revoking = _command(actions, "revoke", "a desk that was lost or given away signs in no more")
    revoking.add_argument("--serial", required=True, help="as `certificate list` writes it")
    revoking.add_argument("--reason", required=True, help="what the journal says of it")


def _days(text: str) -> int:
    """As long as its authority certainly lives, and no officer forgets that there is one."""
    number = _positive(text)
    if number > 1095:
        raise argparse.ArgumentTypeError("at most 1095")
    return number


def _desk_name(text: str) -> str:
    if not 0 < len(text) <= 64 or not text.isprintable():
        raise argparse.ArgumentTypeError("1 to 64 characters")
    return text


def _add_items(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    items = commands.add_parser("items", help="the item list").add_subparsers(dest="action", required=True)
    importing = _command(items, "import", "put a case standard's sheet (XLSX: 部件, 事件) in force")
    importing.add_argument("--file", type=Path, required=True)
    importing.add_argument("--jurisdiction", required=True, help="where it applies: there and below")
    importing.add_argument("--in-force-from", required=True, help="a date, 2026-12-01")


def _add_patrol(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    patrol = commands.add_parser("patrol", help="places to visit").add_subparsers(dest="action", required=True)
    importing = _command(patrol, "places", "read a sheet of places (XLSX: 编号 名称 类别 纬度 经度 地址 等级)")
    importing.add_argument("--file", type=Path, required=True)
    doors = _command(patrol, "doors", "write what the codes at doors say, for simulated workers")
    doors.add_argument("--out", type=Path, required=True)


def _add_source_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    source = commands.add_parser("source", help="outside systems that send work orders; keys are printed once")
    actions = source.add_subparsers(dest="action", required=True)
    adding = _command(actions, "add", "a new source, or a changed one, and its new key")
    adding.add_argument("--name", required=True, help="as officers call it")
    adding.add_argument("--jurisdiction", required=True, help="what it sends has to lie in here")
    adding.add_argument("--settings", type=Path, help="datum, fields, kinds, priorities (JSON), see integration.md")
    adding.add_argument("--answer-url", help="where it is told what became of its work orders (https)")
    adding.add_argument("--poll-url", help="ask an Open311 GeoReport v2 peer here (https) for its work orders")
    adding.add_argument("--poll-jurisdiction", default="", help="the peer's jurisdiction_id, when it wants one")
    adding.add_argument("--poll-key-file", type=Path, help="holds the key that the peer has given us")
    adding.add_argument(
        "--poll-key-in-query", action="store_true", help="for a peer that takes its key in the address line only"
    )
    adding.add_argument("--poll-ca", type=Path, help="authorities (PEM) the peer's certificate is checked by")
    adding.add_argument("--poll-every-s", type=float, default=60.0, help="how often it is asked")
    adding.add_argument("--poll-since", choices=SINCE, default=SINCE[0], help="what it is asked for the newest by")
    renewing = _command(actions, "key", "a new key; earlier ones end")
    ending = _command(actions, "end", "its keys end, and nothing more is taken from it")
    for action in (adding, renewing, ending):
        action.add_argument("--source", required=True, help="the source's id")


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text)
    parser.add_argument("--data", type=Path, required=True, help="the gateway's data directory")
    return parser
