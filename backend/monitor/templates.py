"""Which route a request would have come to, for one that was answered before routing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.routing import BaseRoute, Route

from backend.monitor.operations import UNROUTED


class Templates:
    """The routes of an application, by method and path."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        """Take the routes in the order in which the application asks them."""
        self._plain: dict[tuple[str, str], str] = {}
        self._patterns: dict[str, list[tuple[re.Pattern[str], str]]] = {}
        for route in routes:
            if not isinstance(route, Route):
                continue
            for method in route.methods or ():
                if route.param_convertors:
                    self._patterns.setdefault(method, []).append((route.path_regex, route.path))
                else:
                    self._plain.setdefault((method, route.path), route.path)

    def of(self, method: str, path: str) -> str:
        """Return the template of the route; `UNROUTED` where there is none."""
        if (known := self._plain.get((method, path))) is not None:
            return known
        for pattern, template in self._patterns.get(method, ()):
            if pattern.match(path):
                return template
        return UNROUTED
