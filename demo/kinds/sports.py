"""Sports."""

from __future__ import annotations

from demo.kinds.sports_away import AWAY
from demo.kinds.sports_cycling import CYCLING
from demo.kinds.sports_games import GAMES
from demo.kinds.sports_outdoor import OUTDOOR
from demo.kinds.sports_training import TRAINING
from demo.look import Kind

SPORTS: tuple[Kind, ...] = (*TRAINING, *GAMES, *OUTDOOR, *AWAY, *CYCLING)
