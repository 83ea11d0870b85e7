"""The officer's account at the desk, and the steps of signing in beyond the password."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from comms.domain.ids import OfficerId
from comms.protocol.account_commands import (
    AccountPassword,
    AccountRead,
    DeviceList,
    DeviceRevoke,
    EnrolmentRevoke,
    SecondFactorBegin,
    SecondFactorConfirm,
    SecondFactorEnd,
    SignInEnd,
    SignInList,
)
from comms.protocol.account_pushes import (
    AccountState,
    DeviceLine,
    DevicePage,
    RecoveryCodes,
    SecondFactorOffer,
    SignInLine,
    SignInPage,
)
from comms.protocol.commands import EnrolmentIssue
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.pushes import EnrolmentCode, TokenGranted
from console.session.trust import CertificateFault
from tests.support.drivers import WindowDriver
from tests.support.scene import GROUPS, NOW, OFFICER, Scene, unit_id
from ui.account.access_sheet import AccessSheet
from ui.account.devices_page import web_address
from ui.account.sheet import AccountSheet
from ui.dialogs.sign_in import SignInDialog, SignInForm
from ui.panels.alerts import read_alerts
from ui.text import Texts
from ui.theme import Look, prepare

CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
GOOD = "Tian-Qiao.88x"


@pytest.fixture
def sheet(driver: WindowDriver) -> AccountSheet:
    answers = driver.scene.desk.answers
    answers[AccountRead] = lambda command: AccountState(id=command.id, password_expires_at=driver.scene.clock)
    answers[AccountPassword] = lambda command: TokenGranted(
        id=command.id, token="t", token_expires_at=driver.scene.clock + 3600, refresh_token="r"
    )
    driver.key(Qt.Key.Key_A, CTRL_ALT)
    found = driver.window.findChild(AccountSheet)
    assert isinstance(found, AccountSheet)
    assert found.isVisible()
    return found


@pytest.fixture
def dialog(qtbot: QtBot, qapp: QApplication) -> Iterator[SignInDialog]:
    prepare(qapp)
    made = SignInDialog(look=Look(), text=Texts(Locale.ZH_CN), url="ws://127.0.0.1:8470/v1", name="duty")
    qtbot.addWidget(made)
    made.show()
    made.password_field.setText("old one")
    yield made
    made.close()


def test_a_new_password_is_weighed_while_one_types(driver: WindowDriver, sheet: AccountSheet) -> None:
    page = sheet.password
    driver.type("old one")
    page.new_password.field.setText("wangge2026")
    assert not page.change_button.isEnabled()
    assert any("✗" in line.text() and "容易猜到" in line.text() for line in page.new_password._rules.values())
    page.new_password.field.setText(GOOD)
    page.new_password.again.setText(GOOD + "x")
    assert not page.change_button.isEnabled()
    page.new_password.again.setText(GOOD)
    driver.click(page.change_button)
    asked = driver.scene.desk.last(AccountPassword)
    assert (asked.password, asked.new_password) == ("old one", GOOD)
    assert page.told.text().startswith("口令已修改")
    assert page.password.text() == page.new_password.field.text() == "", "nothing that was typed stays"


def test_a_refused_password_is_said_where_it_was_typed(driver: WindowDriver, sheet: AccountSheet) -> None:
    page = sheet.password
    driver.scene.desk.refuse(AccountPassword, RefusalCode.WRONG_CREDENTIALS, "账号、口令或注册码不正确")
    page.password.setText("wrong")
    page.new_password.field.setText(GOOD)
    page.new_password.again.setText(GOOD)
    QTest.keyClick(page.password, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.told.text() == "当前口令不正确，没有修改。"
    driver.scene.desk.refuse(
        AccountPassword, RefusalCode.PASSWORD_RULES, "新口令不符合要求：不能与最近 5 次用过的相同。"
    )
    driver.click(page.change_button)
    assert "最近 5 次" in page.told.text()


def test_a_second_factor_is_set_up_in_three_steps(driver: WindowDriver, sheet: AccountSheet) -> None:
    desk, page = driver.scene.desk, sheet.factor
    sheet.turn_to("factor")
    assert "未启用" in page._state.text()
    desk.answers[SecondFactorBegin] = lambda command: SecondFactorOffer(
        id=command.id, secret="JBSWY3DPEHPK3PXP", uri="otpauth://totp/Wangge%20Desk:duty?secret=JBSWY3DPEHPK3PXP"
    )
    driver.type("old one")
    driver.click(page.begin_button)
    assert page.secret.text() == "JBSW Y3DP EHPK 3PXP"
    assert not page.qr.pixmap().isNull()
    desk.refuse(SecondFactorConfirm, RefusalCode.SECOND_FACTOR_WRONG, "动态码不正确或已用过")
    driver.type("000000")
    driver.click(page.confirm_button)
    assert page.told.text().startswith("动态码不正确")
    desk.answers[SecondFactorConfirm] = lambda command: RecoveryCodes(id=command.id, codes=("AAAA-BBBB", "CCCC-DDDD"))
    page.code.setText("123456")
    driver.click(page.confirm_button)
    assert page.secret.text() == "AAAA-BBBB\nCCCC-DDDD"
    assert page.qr.pixmap().isNull()
    assert "还有 2 个恢复码" in page._state.text()
    driver.key(Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert page.secret.text() == "", "codes do not stay on the screen"


def test_a_second_factor_is_turned_off_with_password_and_code(driver: WindowDriver, sheet: AccountSheet) -> None:
    desk, page = driver.scene.desk, sheet.factor
    desk.answers[AccountRead] = lambda command: AccountState(id=command.id, has_second_factor=True, recovery_left=3)
    sheet.turn_to("factor")
    page.password.setText("old one")
    assert not page.end_button.isEnabled()
    page.code.setText("123456")
    driver.click(page.end_button)
    assert (desk.last(SecondFactorEnd).password, desk.last(SecondFactorEnd).code) == ("old one", "123456")
    assert page.told.text() == "动态码已停用。"


def test_where_the_site_asks_for_it_there_is_no_turning_off(driver: WindowDriver, sheet: AccountSheet) -> None:
    driver.scene.desk.answers[AccountRead] = lambda command: AccountState(
        id=command.id, has_second_factor=True, must_have_second_factor=True
    )
    sheet.turn_to("factor")
    sheet.factor.password.setText("old one")
    sheet.factor.code.setText("123456")
    assert not sheet.factor.end_button.isEnabled()
    assert sheet.factor.begin_button.isEnabled()


def _go(dialog: SignInDialog) -> QPushButton:
    return dialog._go


def test_the_code_is_asked_for_on_a_second_step(dialog: SignInDialog) -> None:
    submitted: list[SignInForm] = []
    dialog.submitted.connect(submitted.append)
    dialog.show_error("请输入动态码")
    dialog.ask_for(RefusalCode.SECOND_FACTOR_NEEDED)
    place = _go(dialog).mapToGlobal(_go(dialog).rect().center())
    assert not _go(dialog).isEnabled()
    QTest.keyClicks(dialog.code_field, "123456")
    QTest.keyClick(dialog.code_field, Qt.Key.Key_Return)
    assert submitted[-1].typed == ("duty", "old one", "123456", "")
    dialog.show_error("动态码不正确")
    dialog.ask_for(RefusalCode.SECOND_FACTOR_WRONG)
    assert dialog.code_field.hasSelectedText()
    assert _go(dialog).mapToGlobal(_go(dialog).rect().center()) == place
    back = dialog.findChild(QPushButton, "sign_in_back")
    assert back is not None
    back.click()
    assert dialog.password_field.isVisible()
    assert dialog.code_field.text() == ""


def test_nothing_that_is_said_moves_a_button(dialog: SignInDialog) -> None:
    QApplication.processEvents()
    place = _go(dialog).mapToGlobal(_go(dialog).rect().center())
    dialog.show_error("网关要求本席位出示证书，而这里没有。" * 3)
    dialog.own_certificate.offer(RefusalCode.CERTIFICATE_MISSING)
    QApplication.processEvents()
    assert dialog.own_certificate.isVisible()
    assert _go(dialog).mapToGlobal(_go(dialog).rect().center()) == place
    pick = dialog.own_certificate.pick.mapToGlobal(dialog.own_certificate.pick.rect().center())
    dialog.own_certificate.tell("")
    QApplication.processEvents()
    assert dialog.own_certificate.pick.mapToGlobal(dialog.own_certificate.pick.rect().center()) == pick
    assert _go(dialog).mapToGlobal(_go(dialog).rect().center()) == place


def test_an_expired_password_is_changed_before_one_is_in(dialog: SignInDialog) -> None:
    submitted: list[SignInForm] = []
    dialog.submitted.connect(submitted.append)
    dialog.show_error("口令已到期")
    dialog.ask_for(RefusalCode.PASSWORD_EXPIRED)
    dialog.new_password.field.setText("Duty-2026-Tian")
    dialog.new_password.again.setText("Duty-2026-Tian")
    assert not _go(dialog).isEnabled(), "the account's name is in it"
    dialog.new_password.field.setText(GOOD)
    dialog.new_password.again.setText(GOOD)
    _go(dialog).click()
    assert submitted[-1].typed == ("duty", "old one", "", GOOD)
    dialog.ask_for(RefusalCode.SECOND_FACTOR_NEEDED)
    dialog.show_error("请输入动态码")
    dialog.code_field.setText("123456")
    _go(dialog).click()
    assert submitted[-1].typed == ("duty", "old one", "123456", GOOD), "what was chosen goes along"


def test_the_identity_service_is_a_step_one_can_turn_back_from(dialog: SignInDialog) -> None:
    wanted: list[str] = []
    submitted: list[SignInForm] = []
    given_up: list[bool] = []
    dialog.issuerWanted.connect(wanted.append)
    dialog.submitted.connect(submitted.append)
    dialog.issuerGivenUp.connect(lambda: given_up.append(True))
    issuer, back = (dialog.findChild(QPushButton, f"sign_in_{name}") for name in ("issuer", "back"))
    assert issuer is not None
    assert back is not None
    issuer.click()
    assert wanted == ["ws://127.0.0.1:8470/v1"]
    dialog.show_browser()
    assert dialog.waiting.isVisible()
    assert dialog.waiting.text().startswith("已打开浏览器")
    assert not issuer.isEnabled()
    back.click()
    assert given_up == [True]
    assert dialog.waiting.isHidden()
    assert _go(dialog).isEnabled(), "the password is still there"
    dialog.show_browser()
    dialog.show_error("请输入动态码")
    dialog.ask_for(RefusalCode.SECOND_FACTOR_NEEDED)
    dialog.password_field.clear()
    dialog.code_field.setText("123456")
    _go(dialog).click()
    assert (submitted[-1].is_by_issuer, submitted[-1].code) == (True, "123456")
    dialog.show_error("统一身份认证没有通过")
    dialog.ask_for(RefusalCode.ISSUER_LATE)
    assert issuer.isVisible()
    assert not _go(dialog).isEnabled()
    dialog.password_field.setText("secret")
    _go(dialog).click()
    assert not submitted[-1].is_by_issuer


def test_a_certificate_is_taken_over_where_one_signs_in(dialog: SignInDialog) -> None:
    own = dialog.own_certificate
    given: list[tuple[str, str]] = []
    own.given.connect(lambda file, password: given.append((file, password)))
    assert not own.isVisible()
    own.show()
    assert not own.take.isEnabled()
    own.choose("/media/key/三号席.p12")
    QTest.keyClicks(own.password, "Long-enough-7")
    QTest.keyClick(own.password, Qt.Key.Key_Return)
    own.choose("/media/key/三号席.pem")
    assert not own.password.isEnabled(), "it has none"
    own.take.click()
    assert given == [("/media/key/三号席.p12", "Long-enough-7"), ("/media/key/三号席.pem", "")]
    dialog.show_error("本席位没有证书")
    for fault in CertificateFault:
        own.tell(fault)
        assert own.told.text().startswith("证书没有安装")
        assert dialog.error
    own.tell("")
    assert not dialog.error
    assert own.told.text() == "席位证书已安装；请登录。"


@pytest.mark.parametrize(("days", "is_told"), [(31, False), (29, True)])
def test_the_end_of_this_desks_certificate_is_told_in_time(scene: Scene, days: int, is_told: bool) -> None:
    scene.sign_in(GROUPS, certificate_ends_at=scene.clock + days * 86_400)
    told = [alert.sentence for alert in read_alerts(scene.store, scene.text)]
    assert any(sentence.startswith("本席位的证书") for sentence in told) is is_told


def _line(key: str, officer: str, **more: bool) -> SignInLine:
    return SignInLine(id=key, officer_id=OfficerId(officer), since=NOW, address="10.0.0.3", program="desk 1", **more)


def test_own_sign_ins_elsewhere_are_ended(driver: WindowDriver, sheet: AccountSheet) -> None:
    desk, page = driver.scene.desk, sheet.sign_ins
    lines = (_line("a", OFFICER), _line("b", OFFICER, is_open=True, is_this=True), _line("c", OFFICER))
    desk.answers[SignInList] = lambda command: SignInPage(id=command.id, sign_ins=lines)
    sheet.turn_to("sign_ins")
    assert not desk.last(SignInList).is_everybodys
    assert page.table.words(0)[0] == "李建国"
    assert page.table.words(0)[-1] == "本席位"
    page.table.selectRow(0)
    assert not page.end_button.isEnabled(), "this one is signed out, not ended"
    page.table.selectRow(1)
    driver.click(page.end_button)
    assert desk.last(SignInEnd).sign_in_ids == ("a",)
    assert page.told.text().startswith("已结束")
    driver.click(page.others_button)
    assert set(desk.last(SignInEnd).sign_in_ids) == {"a", "c"}


def test_an_officer_who_looks_after_them_ends_anybodys(driver: WindowDriver) -> None:
    desk = driver.scene.desk
    lines = (_line("a", "wang", is_open=True), _line("b", OFFICER, is_open=True, is_this=True), _line("c", "wang"))
    desk.answers[SignInList] = lambda command: SignInPage(id=command.id, sign_ins=lines)
    driver.key(Qt.Key.Key_K, CTRL_ALT)
    access = driver.window.findChild(AccessSheet)
    assert isinstance(access, AccessSheet)
    page = access.sign_ins
    assert desk.last(SignInList).is_everybodys
    page.table.selectRow(0)
    driver.click(page.others_button)
    assert set(desk.last(SignInEnd).sign_in_ids) == {"a", "c"}, "both of that officer"
    desk.refuse(SignInEnd, RefusalCode.NOT_ALLOWED, "您的岗位没有这项权限")
    driver.click(page.end_button)
    assert page.told.text() == "您的岗位没有这项权限"


def test_a_terminal_gets_a_code_to_scan_and_a_lost_one_is_revoked(driver: WindowDriver) -> None:
    desk, store = driver.scene.desk, driver.scene.store
    store.gateway_url = "wss://gateway.example:8470/v1"
    device = DeviceLine(unit_id=unit_id(1), name="红米", enrolled_at=NOW, is_online=True, since=NOW, address="10.0.0.9")
    desk.answers[SignInList] = lambda command: SignInPage(id=command.id, sign_ins=())
    desk.answers[DeviceList] = lambda command: DevicePage(id=command.id, devices=(device,), total=1)
    desk.answers[EnrolmentIssue] = lambda command: EnrolmentCode(
        id=command.id, code="ABCD-EFGH-JKLM-NPQR", expires_at=NOW + 86_400, path="/terminal/#code=ABCD-EFGH-JKLM-NPQR"
    )
    driver.key(Qt.Key.Key_K, CTRL_ALT)
    access = driver.window.findChild(AccessSheet)
    assert isinstance(access, AccessSheet)
    access.turn_to("devices")
    page = access.devices
    assert page.table.rowCount() == 6, "those without a terminal, too"
    page.table.selectRow(1)
    assert not page.revoke_button.isEnabled()
    driver.click(page.issue_button)
    assert desk.last(EnrolmentIssue).unit_id == unit_id(2)
    assert page.code.text().startswith("ABCD-EFGH-JKLM-NPQR\n")
    assert not page.qr.pixmap().isNull()
    page.table.selectRow(0)
    page.reason.setText("手机遗失")
    driver.click(page.revoke_button)
    assert (desk.last(DeviceRevoke).unit_id, desk.last(DeviceRevoke).reason) == (unit_id(1), "手机遗失")
    assert page.told.text().startswith("终端已注销")
    device = DeviceLine(unit_id=unit_id(1), code_expires_at=NOW + 60)
    page.search.setText("王芳")
    page.read()
    page.table.selectRow(0)
    driver.click(page.take_back_button)
    assert desk.last(EnrolmentRevoke).unit_id == unit_id(1)
    assert page.qr.pixmap().isNull()
    assert web_address("ws://127.0.0.1:8470/v1", "/terminal/#code=A") == "http://127.0.0.1:8470/terminal/#code=A"
