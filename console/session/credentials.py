"""What this desk signs in with: a password, or what the identity service gave, once; then tokens that are renewed in
silence. No I/O."""

from collections.abc import Callable

from comms.protocol.commands import Command, DeskResume, DeskSignIn, TokenRefresh
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.issuer_commands import IssuerSignIn
from comms.protocol.pushes import Refused, TokenGranted, Welcome
from comms.protocol.version import PROTOCOL_VERSION
from console.actions.issuer import IssuerProof
from console.actions.requester import NewId

PROGRAM = f"wangge-desk {PROTOCOL_VERSION}"
"""What this is, in the gateway's list of who is signed in."""
RENEW_BEFORE_S = 60.0
"""A token is renewed this long before it ends."""
_NOT_AGAIN = frozenset(
    {
        RefusalCode.TOKEN_EXPIRED,
        RefusalCode.WRONG_CREDENTIALS,
        RefusalCode.PASSWORD_EXPIRED,
        RefusalCode.PASSWORD_RULES,
        RefusalCode.OFFICER_DISABLED,
        RefusalCode.SECOND_FACTOR_NEEDED,
        RefusalCode.SECOND_FACTOR_WRONG,
        RefusalCode.ISSUER_OFF,
        RefusalCode.ISSUER_UNREACHABLE,
        RefusalCode.ISSUER_REFUSED,
        RefusalCode.ISSUER_UNPROVEN,
        RefusalCode.ISSUER_LATE,
        RefusalCode.ISSUER_STRANGER,
    }
)
"""What was shown is not good, or not enough."""
_STALE_S = 5.0
"""A token that ends within this is not worth trying."""


class Credentials:
    """`now` is the gateway's clock as far as known, Unix seconds. The password is forgotten once it was taken."""

    def __init__(self, *, new_id: NewId, now: Callable[[], float], locale: Locale) -> None:
        self._new_id = new_id
        self._now = now
        self.locale = locale
        self._name = ""
        self._password = self._code = self._new_password = ""
        self._proof: IssuerProof | None = None
        self._token: str | None = None
        self._refresh_token: str | None = None
        self._tried: type[Command] | None = None
        self._clock_offset_s = 0.0
        self.expires_at: float | None = None

    def offer(self, name: str, password: str, code: str = "", new_password: str = "") -> None:  # nosec B107 - none
        """The officer typed these; tokens of whoever sat here before are dropped. `code` is of the second factor."""
        self._name, self._password = name, password
        self._code, self._new_password = code, new_password
        self._proof = None
        self._token = self._refresh_token = None
        self.expires_at = None

    def offer_proof(self, proof: IssuerProof) -> None:
        """The officer was at the identity service; as with `offer`, who sat here before is forgotten."""
        self.forget()
        self._proof = proof

    def forget(self) -> None:
        """Signed out."""
        self.offer("", "")

    @property
    def has_any(self) -> bool:
        return bool(self._token or self._refresh_token or self._password or self._proof)

    def next_command(self) -> Command | None:
        """The best there is to sign in with now, None when the officer must be asked."""
        if self._token is not None and not self._is_stale():
            self._tried = DeskResume
            return DeskResume(
                id=self._new_id(), protocol=PROTOCOL_VERSION, token=self._token, locale=self.locale, program=PROGRAM
            )
        if self._refresh_token is not None:
            self._tried = TokenRefresh
            return self.refresh_command()
        if self._password:
            self._tried = DeskSignIn
            return DeskSignIn(
                id=self._new_id(),
                protocol=PROTOCOL_VERSION,
                name=self._name,
                password=self._password,
                locale=self.locale,
                code=self._code,
                new_password=self._new_password,
                program=PROGRAM,
            )
        if self._proof is not None:
            self._tried = IssuerSignIn
            return self._proof_command(self._proof)
        self._tried = None
        return None

    def _proof_command(self, proof: IssuerProof) -> IssuerSignIn:
        return IssuerSignIn(
            id=self._new_id(),
            protocol=PROTOCOL_VERSION,
            state=proof.state,
            code=proof.code,
            verifier=proof.verifier,
            second_factor=proof.second_factor,
            locale=self.locale,
            program=PROGRAM,
        )

    def refresh_command(self) -> TokenRefresh | None:
        if self._refresh_token is None:
            return None
        return TokenRefresh(id=self._new_id(), refresh_token=self._refresh_token)

    def welcomed(self, welcome: Welcome) -> None:
        now = welcome.wall_time if welcome.wall_time is not None else welcome.server_time
        self._clock_offset_s = now - self._now()
        self._drop_typed()
        self._tried = None
        if welcome.token is not None:
            self._token, self.expires_at = welcome.token, welcome.token_expires_at
        if welcome.refresh_token is not None:
            self._refresh_token = welcome.refresh_token

    def granted(self, granted: TokenGranted) -> None:
        """A refresh token is used up by using it; this one replaces it."""
        self._token, self.expires_at = granted.token, granted.token_expires_at
        self._refresh_token = granted.refresh_token

    def refused(self, refused: Refused) -> None:
        """The gateway said no to what was tried last: it is not tried again."""
        if refused.code not in _NOT_AGAIN:
            return
        if self._tried is DeskResume:
            self._token = None
        elif self._tried is TokenRefresh:
            self._token = self._refresh_token = None
        elif self._tried in (DeskSignIn, IssuerSignIn):
            self._drop_typed()

    def _drop_typed(self) -> None:
        self._password = self._code = self._new_password = ""
        self._proof = None

    def renew_in_s(self) -> float | None:
        """Seconds until the token is to be renewed; None when there is nothing to renew."""
        if self.expires_at is None or self._refresh_token is None:
            return None
        return max(0.0, self.expires_at - RENEW_BEFORE_S - self._server_now())

    def _is_stale(self) -> bool:
        return self.expires_at is not None and self.expires_at - _STALE_S <= self._server_now()

    def _server_now(self) -> float:
        return self._now() + self._clock_offset_s
