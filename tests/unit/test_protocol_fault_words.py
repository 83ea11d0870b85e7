"""Why a work order could not be taken is said in one plain sentence."""

import pytest

from comms.domain.work_order import Fault, FaultCode
from comms.protocol.errors import Locale
from comms.protocol.fault_words import fault_sentence


@pytest.mark.parametrize("code", list(FaultCode))
def test_every_fault_has_a_sentence_in_both_languages(code: FaultCode) -> None:
    assert fault_sentence(Fault(code), Locale.ZH_CN).endswith("。")
    english = fault_sentence(Fault(code), Locale.EN)
    assert english.isascii()
    assert english.endswith(".")


def test_what_was_found_stands_in_brackets() -> None:
    fault = Fault(FaultCode.UNKNOWN_GRID, "G9")
    assert fault_sentence(fault, Locale.ZH_CN).endswith("（G9）。")
    assert fault_sentence(fault, Locale.EN).endswith(" (G9).")
