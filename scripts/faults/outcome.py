"""What became of the requests while a fault lasted, and whether that was allowed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from scripts.faults.calls import NO_ANSWER, Call
from scripts.faults.causes import Excuse

MEMORY = frozenset({"search"})  # kinds that are answered from memory, whatever the database does
DOWN = frozenset({"DEPENDENCY_UNAVAILABLE"})
TOO_MANY = "OVERLOADED"
TOO_LONG_S = 8.0  # waiting for a connection, and once for an answer, and some room


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the table.

    Attributes:
        fault: its name.
        requests: that ended from its beginning until all was well again.
        ok: with status 200.
        unavailable: with a typed 503.
        unanswered: without an answer.
        slowest_ms: of all requests.
        recovery_s: from the end of the fault to the last request that failed, or until what was lost is back.
        wrong: what must not be.
    """

    fault: str
    requests: int
    ok: int
    unavailable: int
    unanswered: int
    slowest_ms: int
    recovery_s: float
    wrong: tuple[str, ...]


def judge(
    name: str,
    calls: Sequence[Call],
    complaints: Sequence[str],
    excuse: Excuse,
    ended: float,
    clients: int,
    back_s: float = 0.0,
) -> Outcome:
    """Count and check the calls of one fault.

    Args:
        name: of the fault.
        calls: that ended since it began.
        complaints: about answers since then.
        excuse: what may fail.
        ended: monotonic seconds of the moment at which the fault was taken back.
        clients: how many requests can be on their way at once.
        back_s: seconds after which what was lost was back.
    """
    wrong = list(complaints)
    failed = [call for call in calls if call.status != 200]
    for (kind, status, code), count in Counter((one.kind, one.status, one.code) for one in failed).items():
        if not _excused(kind, status, code, excuse):
            wrong.append(f"{count} times {kind} got {status or 'no answer'} {code}")
    unanswered = sum(call.status == NO_ANSWER for call in calls)
    if excuse in {"connections", "capacity"} and unanswered > clients:
        wrong.append(f"{unanswered} requests weren't answered, only {clients} can have been on their way")
    slowest = max((call.ended - call.began for call in calls), default=0.0)
    if slowest > TOO_LONG_S:
        wrong.append(f"a request took {slowest:.1f} s")
    return Outcome(
        fault=name,
        requests=len(calls),
        ok=len(calls) - len(failed),
        unavailable=sum(call.status == 503 for call in calls),
        unanswered=unanswered,
        slowest_ms=round(slowest * 1000),
        recovery_s=round(max([call.ended - ended for call in failed] + [back_s]), 2),
        wrong=tuple(wrong),
    )


def judge_stop(calls: Sequence[Call], complaints: Sequence[str], asked: float, returncode: int | None) -> Outcome:
    """Count and check the calls of a server that was told to stop: what it had accepted must be answered.

    Args:
        calls: that ended since then.
        complaints: about answers since then.
        asked: monotonic seconds of the moment at which it was told.
        returncode: of its process.
    """
    lost = [one for one in calls if one.status == NO_ANSWER and one.connected is not None and one.connected < asked]
    refused = [one for one in calls if one.status not in {200, NO_ANSWER}]
    wrong = list(complaints)
    wrong += [f"{one.kind} wasn't answered, {one.ended - asked:.2f} s after the signal" for one in lost]
    wrong += [f"{one.kind} got {one.status} {one.code}" for one in refused]
    if returncode != 0:
        wrong.append(f"the server ended with {returncode}")
    answered = [one for one in calls if one.status == 200]
    return Outcome(
        fault="SIGTERM",
        requests=len(answered) + len(lost) + len(refused),
        ok=len(answered),
        unavailable=sum(one.status == 503 for one in refused),
        unanswered=len(lost),
        slowest_ms=round(max((one.ended - one.began for one in answered), default=0.0) * 1000),
        recovery_s=0.0,
        wrong=tuple(wrong),
    )


def table(outcomes: Sequence[Outcome]) -> str:
    """Return a line for each fault, and what was wrong below."""
    names = ("requests", "ok", "unavailable", "unanswered", "slowest_ms", "recovery_s")
    lines = [f"{'fault':<42}" + "".join(f"{name:>13}" for name in names)]
    for outcome in outcomes:
        values = asdict(outcome)
        lines.append(f"{outcome.fault:<42}" + "".join(f"{values[name]:>13}" for name in names))
    lines += [f"WRONG, {outcome.fault}: {what}" for outcome in outcomes for what in outcome.wrong]
    return "\n".join(lines)


def _excused(kind: str, status: int, code: str, excuse: Excuse) -> bool:
    if excuse == "database":
        return status == 503 and code in DOWN and kind not in MEMORY
    if excuse == "capacity" and status == 503 and code == TOO_MANY:
        return True
    return excuse in {"connections", "capacity"} and status == NO_ANSWER
