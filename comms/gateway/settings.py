"""What can be set about a gateway, with the figures a site runs with."""

from dataclasses import dataclass, field
from pathlib import Path

from comms.adapters.issuer import IssuerPlan
from comms.domain.audit_events import DigestKind
from comms.domain.ladder import LADDERS, Ladders
from comms.domain.officer import OfficerRole
from comms.domain.plan import Plan
from comms.domain.warning import WarningRule
from comms.domain.work_calendar import WorkCalendar
from comms.gateway.admission import AdmissionPlan
from comms.gateway.connection_limits import LimitPlan
from comms.gateway.desk_authority import DeskRule
from comms.gateway.turn import TurnServer
from comms.link.reconnect import BackOffPlan

ANSWER_PLAN = BackOffPlan(first_s=2.0, limit_s=300.0)
POLL_PLAN = BackOffPlan(first_s=10.0, limit_s=900.0)


@dataclass(frozen=True, slots=True)
class Settings:
    sign_in_timeout_s: float = 10.0
    ping_interval_s: float = 20.0
    """A terminal that vanished without a word is offline after two of these at most."""
    idle_lock_s: float = 900.0
    """So long untouched, a desk locks itself; 0: never. A drill's desks do not."""
    second_factor_roles: frozenset[OfficerRole] = frozenset()
    """Officers with one of these have to set up a second factor before they do anything else."""
    desk_rule: DeskRule = DeskRule.OFF
    """Whether desks are asked for a certificate; terminals never are."""
    issuer: IssuerPlan | None = None
    """The site's identity service, by which officers may sign in, too; None: there is none."""
    admission: AdmissionPlan = field(default_factory=AdmissionPlan)
    """How many terminals are let in a second when a crowd comes back."""
    returns_a_second: float = 250.0
    """All terminals of a site are asked to spread their return after a loss so far that no more knock a second. More of
    them would only wait before the door (`foyer.py`): with 330 a second ten thousand were not back after 80 s on two
    cores that the terminals shared, where reports and voice of those who were back took the rest."""
    position_interval_s: float = 5.0
    """How often a terminal is asked to report."""
    position_frame_interval_s: float = 0.2
    track_keep_days: float = 90.0
    """Where units went is kept so long, then forgotten bit by bit."""
    outbound_limit_bytes: int = 4_000_000
    """What may wait to be sent to one connection. A whole picture of 10,000 units is under 3 MB."""
    slow_after_s: float = 5.0
    """How long a connection may stay over that limit without getting anything out."""
    push_again_s: float = 5.0
    """How long until an order that was not confirmed is pushed again."""
    warning_rules: tuple[WarningRule, ...] | None = None
    """Of early warning; None: those that come with the product."""
    calendar: WorkCalendar | None = None
    """Working days and hours; None: the yearly files that come with the product."""
    plans: tuple[Plan, ...] | None = None
    """What may be started for an incident; None: those that come with the product."""
    ladders: Ladders = field(default_factory=lambda: LADDERS)
    """When an order that is not answered climbs to its next rung."""
    turn: TurnServer | None = None
    """Where phones behind NAT relay their media; None when all reach the gateway's UDP port."""
    limits: LimitPlan = field(default_factory=LimitPlan)
    """How many may be connected."""
    names: frozenset[str] = frozenset()
    """What browsers may call this gateway, besides the host it listens on: those of its certificate."""
    origins: tuple[str, ...] = ()
    """Of pages that are not the gateway's own and may open its WebSocket all the same, as a browser writes them."""
    command_rate: float = 50.0
    """Commands a second one session may go on sending; a worker presses a few, a link pings."""
    command_burst: float = 300.0
    source_rate: float = 400.0
    """Work orders a second one source may go on sending; a city's hotline sends a few."""
    source_burst: float = 2000.0
    answer_plan: BackOffPlan = ANSWER_PLAN
    """How long a source that does not take an answer is left alone before it is told again."""
    poll_plan: BackOffPlan = POLL_PLAN
    """How long a source that cannot be read is left alone before it is asked again."""
    is_help_open: bool = False
    """Whether somebody who has not signed in may call for help (limited service)."""
    blob_rate_bytes: float = 200_000.0
    """Photos a second one party may go on storing, so that no terminal fills the disk."""
    blob_burst_bytes: float = 60_000_000.0
    """Twenty of the largest photos at once, as after a day without network."""
    certificates: tuple[Path, ...] = ()
    """What TLS is spoken with, so that it is told when they run out."""
    journal_digest: DigestKind | None = None
    """What the journal's chain goes on with; None: as it is (SHA-256 when it is new)."""
    anchor_every_s: float = 3600.0
    """How often it is signed where the chain stands."""
    anchor_directory: Path | None = None
    """Where such anchors are written besides the data directory: on another disk."""
