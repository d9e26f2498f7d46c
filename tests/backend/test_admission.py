"""How many searches are let in, and what happens where far more are asked for."""

from __future__ import annotations

import contextlib
from contextlib import ExitStack

import pytest

from backend.admission import LOOK_S, WATCH_S, Admission
from backend.errors import Overloaded


class Clock:
    """Seconds that pass when a test says so."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def fill(admission: Admission, inside: ExitStack, asked: int) -> int:
    """Ask for so many at once, and return how many are let in."""
    let_in = 0
    for _ in range(asked):
        with contextlib.suppress(Overloaded):
            inside.enter_context(admission.enter())
            let_in += 1
    return let_in


def test_requests_at_work_or_waiting_are_bounded() -> None:
    admission = Admission(2)
    with admission.enter():
        with contextlib.suppress(RuntimeError), admission.enter():
            assert admission.refuses()
            with pytest.raises(Overloaded):
                admission.enter().__enter__()
            raise RuntimeError("it failed")
        assert not admission.refuses()
    assert admission.inside == 0


def test_a_crowd_that_fits_is_let_in_again_and_again() -> None:
    clock = Clock()
    admission = Admission(48, clock=clock)
    for _ in range(100):
        with ExitStack() as inside:
            assert fill(admission, inside, 48) == 48
        clock.now += 0.01
    assert not admission.is_pressed


def press(admission: Admission, clock: Clock) -> None:
    """Ask for far more than is let in, for longer than a moment."""
    with ExitStack() as inside:
        fill(admission, inside, 3 * admission.most + 1)
    clock.now += WATCH_S
    assert fill(admission, ExitStack(), 1) == 1
    assert admission.is_pressed


def test_a_few_refusals_change_nothing() -> None:
    clock = Clock()
    admission = Admission(48, clock=clock)
    for _ in range(20):
        with ExitStack() as inside:
            assert fill(admission, inside, 60) == 48
        clock.now += WATCH_S / 2
        with ExitStack() as inside:
            assert fill(admission, inside, 48) == 48
    assert not admission.is_pressed


def test_while_most_are_refused_few_are_let_in() -> None:
    clock = Clock()
    admission = Admission(48, clock=clock)
    press(admission, clock)
    for _ in range(50):
        clock.now += LOOK_S / 5
        with ExitStack() as inside:
            assert fill(admission, inside, 48) == 6


def test_all_are_let_in_again_when_no_more_are_refused_than_answered() -> None:
    clock = Clock()
    admission = Admission(48, clock=clock)
    press(admission, clock)
    with ExitStack() as inside:
        fill(admission, inside, 60)
    for _ in range(3):  # one time of looking after those who were refused, and what it sees is fit for one
        clock.now += LOOK_S / 2
        with ExitStack() as inside:
            assert fill(admission, inside, 6) == 6
    assert admission.is_pressed
    for _ in range(3):
        clock.now += LOOK_S / 2
        with ExitStack() as inside:
            fill(admission, inside, 8)
    assert not admission.is_pressed
    with ExitStack() as inside:
        assert fill(admission, inside, 48) == 48


def test_after_a_pause_all_are_let_in() -> None:
    clock = Clock()
    admission = Admission(48, clock=clock)
    press(admission, clock)
    with ExitStack() as inside:
        fill(admission, inside, 200)
    clock.now += 2 * LOOK_S
    with ExitStack() as inside:
        assert fill(admission, inside, 48) == 48


@pytest.mark.parametrize(("most", "pressed"), [(1, 1), (3, 3), (16, 4), (48, 6), (800, 100)])
def test_under_pressure_an_eighth_and_a_few_at_least(most: int, pressed: int) -> None:
    clock = Clock()
    admission = Admission(most, clock=clock)
    press(admission, clock)
    with ExitStack() as inside:
        assert fill(admission, inside, most) == pressed
