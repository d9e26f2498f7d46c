"""What tells a database that is down from a mistake in what it was asked."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from backend.errors import DependencyUnavailable


def is_database_down(error: BaseException) -> bool:
    """Whether the same may work later, once the database answers, and trying less at once is of no use.

    Of a connection that broke off in the middle drivers have many ways to speak; one that doesn't answer keeps others
    from getting a connection out of the pool.
    """
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError | PoolTimeout | DependencyUnavailable)
