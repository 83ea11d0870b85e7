"""Faults of workers that geofences are there for."""

from comms.domain.position import Fix, distance_m
from comms.fleet.asking import Asking
from comms.fleet.faults import FAST_MPS, Fault, afflict
from comms.fleet.reporting import SILENT_AFTER_FIXES, Reporting

FIX = Fix(at=1.0, lat=23.0, lon=113.7, speed_mps=1.0)


def test_one_strays_and_one_speeds() -> None:
    stray = afflict(FIX, {Fault.STRAY})
    assert distance_m(lat_a=FIX.lat, lon_a=FIX.lon, lat_b=stray.lat, lon_b=stray.lon) > 2000
    assert afflict(FIX, {Fault.SPEED}).speed_mps == FAST_MPS
    assert afflict(FIX, set()).speed_mps == 1.0


def test_one_that_goes_silent_sends_nothing_more() -> None:
    reporting = Reporting(Asking.__new__(Asking), {Fault.GO_SILENT})
    reporting.sent = SILENT_AFTER_FIXES
    reporting.keep(FIX)
    reporting.send()
    assert reporting.sent == SILENT_AFTER_FIXES
