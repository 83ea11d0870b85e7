"""Who gets in: everybody's sign-ins, and the terminals. For officers who look after them."""

from ui.account.devices_page import DevicesPage
from ui.account.paged import PagedSheet
from ui.account.sign_ins_page import SignInsPage
from ui.workplace import Workplace


class AccessSheet(PagedSheet):
    def __init__(self, place: Workplace) -> None:
        super().__init__(place, ("sign_ins", "devices"), title="access.title", prefix="access_page")
        self.sign_ins, self.devices = SignInsPage(place, self, is_everybodys=True), DevicesPage(place, self)
        self.take({"sign_ins": self.sign_ins, "devices": self.devices})

    def wanted_width(self) -> int:
        return self._look.px(980)

    def wanted_height(self) -> int:
        return self._look.px(560)
