"""The officer's own account: password, second factor, where he is signed in."""

from ui.account.factor_page import FactorPage
from ui.account.paged import PagedSheet
from ui.account.password_page import PasswordPage
from ui.account.sign_ins_page import SignInsPage
from ui.workplace import Workplace


class AccountSheet(PagedSheet):
    def __init__(self, place: Workplace) -> None:
        super().__init__(place, ("password", "factor", "sign_ins"), title="account.title", prefix="account_page")
        self.password, self.factor = PasswordPage(place, self), FactorPage(place, self)
        self.sign_ins = SignInsPage(place, self, is_everybodys=False)
        self.take({"password": self.password, "factor": self.factor, "sign_ins": self.sign_ins})

    def wanted_width(self) -> int:
        return self._look.px(640)

    def wanted_height(self) -> int:
        return self._look.px(450)

    def open(self) -> None:
        """At the second factor, when the site waits for that."""
        session = self._place.store.session
        if session is not None and session.must_set_up:
            self.turns.choose("factor")
        super().open()

    def confirm(self) -> None:
        if self.page is self.password:
            self.password.confirm()
