"""Who waits before the door: in order, at the loop's pace, and behind whoever comes ahead."""

import asyncio

from comms.gateway.connection_limits import ConnectionLimits, LimitPlan
from comms.gateway.foyer import GRACE_S, LONGEST_S, MOST_A_TURN, OF_LATE_S, Foyer
from tests.support.media import until


class Guest:
    def __init__(self, name: str, log: list[str]) -> None:
        self.name, self._log = name, log

    def come_in(self) -> None:
        self._log.append(self.name)

    def turn_away(self, for_s: float) -> None:
        self._log.append(f"{self.name} turned away for {for_s:.1f} s")

    def hang_up(self) -> None:
        self._log.append(f"{self.name} hung up on")


async def test_a_crowd_comes_in_in_order_and_who_comes_ahead_before_it() -> None:
    log: list[str] = []
    now, pace = 0.0, 100.0
    foyer = Foyer(pace=lambda: pace, now=lambda: now)
    crowd = [Guest(str(number), log) for number in range(MOST_A_TURN + 5)]
    for each in crowd:
        foyer.arrive(each)
        foyer.knock(each, is_ahead=False)
    assert log == [each.name for each in crowd[:MOST_A_TURN]], "nobody waited before"
    log.clear()
    foyer.leave(crowd[-1])
    foyer.knock(Guest("urgent", log), is_ahead=True)
    assert (log, len(foyer), foyer.let_ahead) == (["urgent"], 4, 1)
    now = 0.02
    await until(lambda: len(log) == 3)
    assert log == ["urgent", *(each.name for each in crowd[MOST_A_TURN : MOST_A_TURN + 2])]
    pace, late = 2.0 / LONGEST_S, Guest("late", log)
    foyer.arrive(late)
    for _ in range(3):
        foyer.knock(late, is_ahead=False)
    assert log[-3:] == [f"late turned away for {told} s" for told in ("6.0", "8.0", "10.0")]
    assert foyer.turned_away == 3
    foyer.close()
    left = [f"{each.name} hung up on" for each in crowd[MOST_A_TURN + 2 : -1]]
    assert sorted(log[6:]) == [*left, "late hung up on"]
    assert not len(foyer)


async def test_a_wait_is_reckoned_by_how_many_really_came_in() -> None:
    """The pace says 250 a second; the loop let in 32 in two seconds."""
    log: list[str] = []
    now = 0.0
    foyer = Foyer(pace=lambda: 250.0, now=lambda: now)
    crowd = [Guest(str(number), log) for number in range(MOST_A_TURN + 200)]
    for each in crowd:
        foyer.arrive(each)
        foyer.knock(each, is_ahead=False)
    assert (len(foyer), foyer.turned_away) == (200, 0), "they would wait for less than a second"
    now = OF_LATE_S
    await until(lambda: len(log) == 2 * MOST_A_TURN)
    late = Guest("late", log)
    foyer.arrive(late)
    foyer.knock(late, is_ahead=False)
    told_s = LONGEST_S + OF_LATE_S / MOST_A_TURN
    assert log[-1] == f"late turned away for {told_s:.1f} s"
    foyer.close()


async def test_who_could_not_come_in_in_time_is_told_when_to_come_again() -> None:
    log: list[str] = []
    now = 0.0
    foyer = Foyer(pace=lambda: 20.0, now=lambda: now)
    crowd = [Guest(str(number), log) for number in range(MOST_A_TURN + 3)]
    for each in crowd[:-1]:
        foyer.arrive(each)
        foyer.knock(each, is_ahead=False)
    log.clear()
    now = LONGEST_S + GRACE_S + 0.1
    foyer.arrive(crowd[-1])
    foyer.knock(crowd[-1], is_ahead=False)
    await until(lambda: len(log) == 3)
    assert [line.partition(" turned")[0] for line in log] == [each.name for each in crowd[MOST_A_TURN:]]
    assert ["turned away" in line for line in log] == [True, True, False]
    foyer.close()


async def test_who_has_said_nothing_is_hung_up_on_at_the_end() -> None:
    log: list[str] = []
    foyer = Foyer(pace=lambda: 1.0, now=asyncio.get_running_loop().time)
    foyer.arrive(Guest("silent", log))
    foyer.close()
    assert log == ["silent hung up on"]


def test_to_come_ahead_is_limited_for_an_address_and_for_all_but_a_proxy_has_only_the_limit_of_all() -> None:
    now = 0.0
    plan = LimitPlan(ahead_by_address=1.0, ahead_burst_by_address=2.0, ahead=1.0, ahead_burst=5.0)
    limits = ConnectionLimits(plan, network_time=lambda: now)
    assert [limits.may_go_ahead("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert limits.may_go_ahead("192.0.2.2")
    assert [limits.may_go_ahead("127.0.0.1") for _ in range(3)] == [True, True, False]
    now = 1.0
    assert limits.may_go_ahead("192.0.2.1")
