"""Toys."""

from __future__ import annotations

from demo.kinds.toys_baby import BABY
from demo.kinds.toys_games import GAMES
from demo.kinds.toys_play import PLAY
from demo.look import Kind

TOYS: tuple[Kind, ...] = (*BABY, *PLAY, *GAMES)
