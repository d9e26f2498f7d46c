from __future__ import annotations

from backend.breaker import Breaker


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_opens_after_failures_in_a_row_and_tries_again_after_a_rest() -> None:
    clock = Clock()
    breaker = Breaker(failures=3, rest_s=1.0, now=clock)
    for _ in range(2):
        breaker.failed()
    breaker.succeeded()
    for _ in range(2):
        breaker.failed()
    assert (breaker.state, breaker.allows()) == ("closed", True)
    breaker.failed()
    assert (breaker.state, breaker.allows()) == ("open", False)
    clock.now = 1.0
    assert breaker.allows()
    assert (breaker.state, breaker.allows()) == ("half_open", False)
    breaker.failed()
    assert (breaker.state, breaker.allows()) == ("open", False)
    clock.now = 2.5
    assert breaker.allows()
    breaker.succeeded()
    assert (breaker.state, breaker.allows()) == ("closed", True)
    breaker.failed()
    assert breaker.state == "closed"


def test_an_attempt_that_nobody_tells_of_is_followed_by_another() -> None:
    clock = Clock()
    breaker = Breaker(failures=1, rest_s=1.0, now=clock)
    breaker.failed()
    clock.now = 1.0
    assert breaker.allows()
    clock.now = 2.0
    assert breaker.allows()
