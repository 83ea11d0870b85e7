"""Signing in: one thing to the officer, and a plain sentence when it does not work."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from comms.protocol.errors import Locale, RefusalCode
from ui.dialogs.sign_in import SignInDialog, SignInForm
from ui.text import Texts
from ui.theme import Look, prepare


@pytest.fixture
def dialog(qtbot: QtBot, qapp: QApplication) -> Iterator[SignInDialog]:
    prepare(qapp)
    made = SignInDialog(look=Look(), text=Texts(Locale.ZH_CN), url="ws://127.0.0.1:8470/v1", name="duty")
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def _go(dialog: SignInDialog) -> QPushButton:
    return dialog._go


def test_the_name_of_last_time_leaves_only_the_password(dialog: SignInDialog) -> None:
    assert not _go(dialog).isEnabled()
    submitted: list[SignInForm] = []
    dialog.submitted.connect(submitted.append)
    QTest.keyClicks(dialog.password_field, "wangge2026")
    QTest.keyClick(dialog.password_field, Qt.Key.Key_Return)
    assert submitted == [SignInForm("ws://127.0.0.1:8470/v1", "duty", "wangge2026")]
    assert _go(dialog).text() == "正在登录…"
    QTest.keyClick(dialog.password_field, Qt.Key.Key_Return)
    assert len(submitted) == 1
    assert dialog.password_field.isReadOnly()


def test_what_went_wrong_is_said_and_what_was_typed_stays(dialog: SignInDialog) -> None:
    dialog.password_field.setText("falsch")
    dialog.show_busy()
    dialog.show_error(Texts(Locale.ZH_CN).refusal(RefusalCode.WRONG_CREDENTIALS))
    assert dialog.error.startswith("账号")
    assert dialog.password_field.text() == "falsch"
    assert dialog.password_field.hasSelectedText()
    assert _go(dialog).isEnabled()
    assert _go(dialog).text() == "登录"
    dialog.show_busy()
    assert dialog.error == ""


def test_the_language_is_chosen_before_signing_in(dialog: SignInDialog) -> None:
    chosen: list[Locale] = []
    dialog.languageChosen.connect(chosen.append)
    english = dialog.findChild(QPushButton, "language_en")
    assert english is not None
    QTest.mouseClick(english, Qt.MouseButton.LeftButton)
    assert chosen == [Locale.EN]
    assert dialog.windowTitle() == "Sign in"


def test_the_dialog_grows_for_a_long_sentence(dialog: SignInDialog) -> None:
    before = dialog.height()
    dialog.show_error(Texts(Locale.EN).refusal(RefusalCode.STORE_FAILED) * 2)
    QApplication.processEvents()
    assert dialog.height() > before
    assert dialog._error.heightForWidth(dialog._error.width()) <= dialog._error.height() + 1


def test_the_look_changes_with_the_window(dialog: SignInDialog) -> None:
    dialog._look.set_scale(2.0)
    assert dialog.width() == 880
