"""Realms: whose a secret is, and the mark on everything people read of a drill."""

import pytest

from comms.domain.realm import DRILL_NAME, Realm, marked, realm_of, sealed


@pytest.mark.parametrize("realm", list(Realm))
def test_a_secret_tells_its_realm(realm: Realm) -> None:
    assert realm_of(sealed("AbC-123", realm)) is realm
    assert realm_of(f" {sealed('AbC-123', realm).upper()} ") is realm


def test_a_live_secret_is_as_it_always_was() -> None:
    assert sealed("AbC-123", Realm.LIVE) == "AbC-123"
    assert sealed("AbC-123", Realm.DRILL) != "AbC-123"


def test_what_is_read_of_a_drill_is_marked_once() -> None:
    text = marked("着火", Realm.DRILL)
    assert text == f"{DRILL_NAME}着火"
    assert marked(text, Realm.DRILL) == text
    assert marked("着火", Realm.LIVE) == "着火"
    assert marked(" ", Realm.DRILL) == " "
