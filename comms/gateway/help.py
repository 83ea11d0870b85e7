"""呼救 by who has not signed in, where the site allows it: an incident that rings at the desks until an officer has
taken note of it. Its address stands for who calls. Few of one address and few of all together get through, so that it
is no way to drown a hall."""

from math import isfinite

from comms.domain.events import IncidentReported
from comms.domain.ids import IncidentId, JurisdictionId, address_party
from comms.domain.incident import Incident
from comms.domain.jurisdiction import parent
from comms.domain.order import OrderPriority, Place
from comms.domain.realm import marked
from comms.gateway.alarm_conditions import help_alarm
from comms.gateway.alarms import Alarms
from comms.gateway.allowance import Allowance
from comms.gateway.context import Refusal
from comms.gateway.footing import Footing
from comms.gateway.ground import Ground
from comms.journal.journal import Journal
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.help_commands import HelpCall
from comms.protocol.pushes import Done
from comms.protocol.version import PROTOCOL_VERSION

BURST, RATE = 2.0, 1 / 60
"""Of one address at once, and a second after that."""
ALL_BURST, ALL_RATE = 30.0, 0.2
"""Of all addresses together."""
_MOST_KEPT = 10_000
_KIND = {Locale.ZH_CN: "呼救", Locale.EN: "Call for help"}
_NOWHERE = {Locale.ZH_CN: "位置不明，请先联系呼救人", Locale.EN: "Place unknown, reach the caller first"}
_UNKNOWN = {Locale.ZH_CN: "未登录，网络地址 {address}", Locale.EN: "Not signed in, network address {address}"}


class Help:
    def __init__(self, *, journal: Journal, alarms: Alarms, ground: Ground, footing: Footing) -> None:
        self._journal = journal
        self._alarms = alarms
        self._ground = ground
        self._footing = footing
        self._addresses: dict[str, Allowance] = {}
        self._all = Allowance(rate=ALL_RATE, burst=ALL_BURST, now=footing.network_time())

    async def call(self, command: HelpCall, address: str) -> Done | Refusal:
        """Raises JournalError when it cannot be kept: then nobody was rung, and the caller is told so."""
        if command.protocol != PROTOCOL_VERSION:
            return Refusal(RefusalCode.WRONG_VERSION)
        place = command.place
        if place is not None and not (_is_on_earth(place.lat, 90) and _is_on_earth(place.lon, 180)):
            return Refusal(RefusalCode.POSITION_OUT_OF_RANGE)
        wait_s = self._wait_s(address)
        if wait_s is not None:
            return Refusal(RefusalCode.TRY_LATER, wait_s)
        party = address_party(address)
        known = await self._journal.find_command(party, command.id)
        if known is not None:
            return Done(id=command.id, subject=command.id)
        incident = await self._incident(command, address)
        if incident.id in self._journal.picture.incidents.states:
            return Refusal(RefusalCode.NOT_ALLOWED)  # another's id
        await self._journal.record(party, [IncidentReported(incident=incident)], command_id=command.id)
        state = self._journal.picture.incidents.states[incident.id]
        self._alarms.raise_alarm(help_alarm(state))
        return Done(id=command.id, subject=incident.id)

    def _wait_s(self, address: str) -> float | None:
        now = self._footing.network_time()
        found = self._addresses.pop(address, None) or Allowance(rate=RATE, burst=BURST, now=now)
        self._addresses[address] = found  # last, as the one heard of last
        if len(self._addresses) > _MOST_KEPT:
            del self._addresses[next(iter(self._addresses))]
        wait_s = found.take(now)
        return wait_s if wait_s is not None else self._all.take(now)

    async def _incident(self, command: HelpCall, address: str) -> Incident:
        place, grid, locale = command.place, None, command.locale
        if place is not None:
            grid = await self._ground.grid_at(lat=place.lat, lon=place.lon)
        else:
            lat, lon = await self._ground.middle()
            place = Place(lat=lat, lon=lon, text=_NOWHERE[locale])
        said = (_UNKNOWN[locale].format(address=address), command.name, command.contact, command.text)
        return Incident(
            id=IncidentId(command.id),
            kind=_KIND[locale],
            place=place,
            jurisdiction_id=grid or self._root(),
            priority=OrderPriority.CRITICAL,
            text=marked("；".join(each.strip() for each in said if each.strip()), self._footing.realm),
            source=address[:60],
        )

    def _root(self) -> JurisdictionId:
        nodes = self._journal.picture.jurisdictions
        return next((node for node in nodes if parent(node) not in nodes), JurisdictionId(""))


def _is_on_earth(degrees: float, most: float) -> bool:
    return isfinite(degrees) and abs(degrees) <= most
