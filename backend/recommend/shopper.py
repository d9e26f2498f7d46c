"""What a shopper's state says about a list for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from backend.catalogue.space import VectorSpace
from backend.interaction.actor_state import Past
from backend.interaction.states import UserStates
from backend.interaction.user_state import UserState
from backend.interaction.vectors import StateSpace
from ml.profile.rules import InteractionType, ProfileRules
from ml.types import Embedding, ProductId

LIKED = 50  # recent products that reasons may name

_ACTS: Mapping[str, tuple[int, str]] = {
    "PURCHASE": (6, "which you bought"),
    "ADD_TO_CART": (5, "which you put into your cart"),
    "LIKE": (4, "which you like"),
    "SHARE": (3, "which you shared"),
    "RATING": (2, "which you rated well"),
    "CLICK": (1, "which you looked at"),
    "VIEW": (0, "which you saw"),
}
_TELLING = {"PURCHASE", "ADD_TO_CART", "LIKE", "SHARE", "RATING", "DISLIKE"}  # about the product itself


@dataclass(frozen=True, slots=True)
class Shopper:
    """A shopper, or nobody in particular.

    Attributes:
        version: of the state.
        erasures: users erased up to then.
        state: names the state in the keys of caches.
        vectors: float32, shape (d,), L2 norm 1, of the parts `long_term` and `session` that there are; none without
            a good act: away from what is disliked lies nothing that is known to be liked.
        liked: recent products that were received well, the latest first, with what was done with them in words.
        strengths: what the strongest act on each of them counts, above 0.
        seen: products of recent events of any kind.
        purchased: products bought.
        disliked: products of which the last telling act was a dislike or a bad rating.
    """

    version: int = 0
    erasures: int = 0
    state: str = ""
    vectors: Mapping[str, Embedding] = field(default_factory=dict)
    liked: Mapping[ProductId, str] = field(default_factory=dict)
    strengths: Mapping[ProductId, float] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()
    purchased: frozenset[str] = frozenset()
    disliked: frozenset[str] = frozenset()

    @classmethod
    def of(cls, state: UserState, rules: ProfileRules) -> Shopper:
        """Read a state; on one thread."""
        told = _TOLD.get(state.past)
        if told is None:
            told = _TOLD[state.past] = _Told.of(state.past, rules)
        vectors = {"long_term": state.long_term, "session": state.session} if told.likes_anything else {}
        return cls(
            version=state.version,
            erasures=state.erasures,
            state=state.name,
            vectors={name: vector for name, vector in vectors.items() if vector is not None},
            liked=told.liked,
            strengths=told.strengths,
            seen=told.seen,
            purchased=state.purchased,
            disliked=told.disliked,
        )


@dataclass(frozen=True, slots=True)
class _Told:
    """What the last events tell; see `Shopper`."""

    likes_anything: bool
    liked: Mapping[ProductId, str]
    strengths: Mapping[ProductId, float]
    seen: frozenset[str]
    disliked: frozenset[str]

    @classmethod
    def of(cls, past: Past, rules: ProfileRules) -> _Told:
        """Read them."""
        verdicts: dict[ProductId, bool] = {}  # whether the latest act that tells was a good one
        acts: dict[ProductId, list[str]] = {}
        strengths: dict[ProductId, float] = {}
        for event in past.recent:
            id_, weight = ProductId(event.product_id), rules.weight_of(InteractionType(event.type), event.rating)
            if weight > 0:
                acts.setdefault(id_, []).append(event.type)
                strengths[id_] = max(strengths.get(id_, 0.0), weight)
            if event.type in _TELLING and weight != 0:
                verdicts.setdefault(id_, weight > 0)
        disliked = frozenset(id_ for id_, good in verdicts.items() if not good)
        liked = [id_ for id_ in acts if id_ not in disliked][:LIKED]
        return cls(
            likes_anything=bool(strengths),
            liked={id_: _in_words(acts[id_]) for id_ in liked},
            strengths={id_: strengths[id_] for id_ in liked},
            seen=frozenset(event.product_id for event in past.recent),
            disliked=disliked,
        )


# A past is of one set of rules, and kept by the process as long as nothing new comes.
_TOLD: WeakKeyDictionary[Past, _Told] = WeakKeyDictionary()


def _in_words(acts: list[str]) -> str:
    return max(_ACTS[act] for act in acts)[1]


NOBODY = Shopper()


async def read_shopper(
    states: UserStates, space: VectorSpace, user_id: str | None, session_id: str | None
) -> Shopper:
    """Return what is known of a shopper up to this moment; asks nothing when nobody is named."""
    if user_id is None and session_id is None:
        return NOBODY
    return Shopper.of(await states.read(user_id, session_id, StateSpace.of(space)), states.rules)
