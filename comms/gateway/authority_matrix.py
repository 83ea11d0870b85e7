"""The policy as a table to read: `python -m comms.gateway authority`. One line for each command: who may send it, in
which roles, and how far each thing that it names may lie away."""

import sys
from collections.abc import Iterator

from comms.domain.officer import CASE_ROLES, OfficerRole
from comms.domain.policy import EVERYBODY, Of, Peer, Reach, Rule
from comms.domain.policy_table import POLICY
from comms.gateway.options import Options

_HEAD = ("command", "peers", "officers", "of what (desk / terminal)")


async def print_policy(options: Options) -> None:
    sys.stdout.write(matrix(POLICY))


def matrix(policy: dict[str, Rule]) -> str:
    rows = [_HEAD, *(_row(kind, rule) for kind, rule in sorted(policy.items()))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD) - 1)]
    lines = [
        "  ".join((*(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)), row[-1])).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, "", f"{len(policy)} commands.", ""])


def _row(kind: str, rule: Rule) -> tuple[str, str, str, str]:
    peers = " ".join(peer.value for peer in Peer if peer in rule.peers)
    peers += ", if the site allows it" if rule.if_site_allows else ""
    return kind, peers, _officers(rule), "; ".join(_things(rule)) or "-"


def _officers(rule: Rule) -> str:
    if rule.officers == EVERYBODY:
        said = "every officer"
    else:
        duty = ["duty"] if rule.officers >= CASE_ROLES else []
        named = [role.value for role in OfficerRole if role in rule.officers and not (duty and role in CASE_ROLES)]
        said = " ".join((*duty, *named)) or "-"
    seats = "" if rule.seats is None else f", seat: {'any' if len(rule.seats) > 2 else ' '.join(sorted(rule.seats))}"
    return said + seats + (", or the root until one is appointed" if rule.until_appointed else "")


def _things(rule: Rule) -> Iterator[str]:
    for of in rule.of:
        yield f"{of.noun.value} {of.path}: {' / '.join(_reaches(rule, of))}{' (may be gone)' if of.may_miss else ''}"


def _reaches(rule: Rule, of: Of) -> Iterator[str]:
    words = {
        Reach.BELOW: "own and below",
        Reach.TOUCHING: "partly own and below",
        Reach.LINE: "own, below and above",
        Reach.OWN: "his own",
        Reach.ANYWHERE: "anywhere",
        Reach.NOWHERE: "none",
    }
    if rule.officers:
        yield words[of.desk]
    if rule.is_for_terminals:
        yield words[of.terminal]
