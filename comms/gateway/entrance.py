"""What stands before signing in: limits of connections, and the certificates that are shown."""

from comms.gateway.certificates import CertificateWatch
from comms.gateway.connection_limits import ConnectionLimits
from comms.gateway.footing import Footing
from comms.gateway.settings import Settings


class Entrance:
    def __init__(self, footing: Footing, settings: Settings) -> None:
        self.limits = ConnectionLimits(settings.limits, network_time=footing.network_time)
        self.certificates: CertificateWatch | None = None
        """None without encryption, and where whoever opened the gateway brought a context of his own."""
