"""What may fail while a fault lasts, and what may not."""

from __future__ import annotations

import pytest

from scripts.faults.calls import NO_ANSWER, Call
from scripts.faults.causes import Excuse
from scripts.faults.outcome import judge, judge_stop, table


def call(kind: str = "state", status: int = 200, code: str = "", **times: float) -> Call:
    moments = {"began": 10.0, "ended": 10.1, "connected": 5.0, **times}
    return Call(kind, moments["began"], moments["ended"], moments["connected"], status, code)


@pytest.mark.parametrize(
    ("excuse", "failed", "is_wrong"),
    [
        ("nothing", call(status=503, code="DEPENDENCY_UNAVAILABLE"), True),
        ("database", call(status=503, code="DEPENDENCY_UNAVAILABLE"), False),
        ("database", call(status=503, code="NOT_READY"), True),
        ("database", call(status=500, code="INTERNAL_ERROR"), True),
        ("database", call("search", 503, "DEPENDENCY_UNAVAILABLE"), True),
        ("database", call(status=NO_ANSWER, code="timeout"), True),
        ("connections", call(status=NO_ANSWER, code="RemoteDisconnected"), False),
        ("connections", call(status=503, code="NOT_READY"), True),
        ("connections", call(status=503, code="OVERLOADED"), True),
        ("capacity", call(status=503, code="OVERLOADED"), False),
        ("capacity", call(status=NO_ANSWER, code="RemoteDisconnected"), False),
        ("capacity", call(status=503, code="DEPENDENCY_UNAVAILABLE"), True),
    ],
)
def test_only_what_the_fault_excuses_may_fail(excuse: Excuse, failed: Call, is_wrong: bool) -> None:
    outcome = judge("x", [call(), failed], [], excuse, 10.0, clients=3)
    assert bool(outcome.wrong) is is_wrong
    assert (outcome.requests, outcome.ok, outcome.recovery_s) == (2, 1, 0.1)


def test_requests_that_hang_and_too_many_that_break_off_are_wrong() -> None:
    assert judge("x", [call(ended=30.0)], [], "nothing", 10.0, clients=3).wrong
    gone = [call(status=NO_ANSWER)] * 4
    assert judge("x", gone, [], "connections", 10.0, clients=3).wrong
    assert judge("x", gone, [], "connections", 10.0, clients=4).wrong == ()


def test_a_stopping_server_answers_what_it_had_accepted() -> None:
    refused = Call("state", 10.2, 10.3, None, NO_ANSWER, "ConnectionRefusedError")
    assert judge_stop([call(), refused], [], 10.0, 0).wrong == ()
    lost = judge_stop([call(), call(status=NO_ANSWER)], [], 10.0, 0)
    assert (len(lost.wrong), lost.unanswered) == (1, 1)
    assert judge_stop([call(status=503, code="NOT_READY")], [], 10.0, 0).wrong
    assert judge_stop([call()], [], 10.0, -9).wrong
    assert "wasn't answered" in table([lost])
