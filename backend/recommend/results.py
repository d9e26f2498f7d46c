"""What experiments have shown so far."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from backend.database.engine import Database
from backend.errors import ExperimentNotFound
from backend.recommend.experiments import Experiment
from backend.recommend.ledger import Ledger
from backend.recommend.repository import Counted, RecommendationLog
from ml.evaluate.shares import difference, share


class Interval(BaseModel):
    """A share of people, or a difference of two, with its 95% interval."""

    model_config = ConfigDict(from_attributes=True)

    value: float
    low: float
    high: float


class VariantResult(BaseModel):
    """One variant."""

    variant: str
    share: float = Field(description="Of shoppers, as configured.")
    exposures: int = Field(description="Shoppers who met it: users, and sessions without one.")
    clicks: int = Field(description="Of these, who clicked on a product afterwards.")
    purchases: int = Field(description="Of these, who bought one afterwards.")
    ctr: Interval | None = Field(description="`clicks` of `exposures`; null while nobody has met it.")
    conversion: Interval | None = Field(description="`purchases` of `exposures`.")
    ctr_difference: Interval | None = Field(description="To the first variant; null for that one.")
    conversion_difference: Interval | None = None


class ExperimentResult(BaseModel):
    """An experiment and what it has shown. Intervals are of one look: looking daily, one in many will stray."""

    experiment: str
    changes: list[str] = Field(description="What its variants change.")
    variants: list[VariantResult]


class ExperimentList(BaseModel):
    """The experiments of this shop."""

    experiments: list[Experiment]


class ExperimentService:
    """Reads results out of exposures and the log of interactions."""

    def __init__(self, database: Database, ledger: Ledger, experiments: dict[str, Experiment]) -> None:
        self._database = database
        self._ledger = ledger
        self._experiments = experiments

    def all(self) -> ExperimentList:
        """Return what is configured."""
        return ExperimentList(experiments=list(self._experiments.values()))

    async def results(self, name: str) -> ExperimentResult:
        """Return what one has shown, with what this process has still to write down.

        Raises:
            ExperimentNotFound: none has this name.
        """
        experiment = self._experiments.get(name)
        if experiment is None:
            raise ExperimentNotFound(f"no experiment {name[:100]}", known=sorted(self._experiments))
        await self._ledger.drained()
        counted = await self._database.read(lambda db: RecommendationLog(db).outcomes(name))
        return ExperimentResult(
            experiment=name, changes=sorted(experiment.fields), variants=_variants(experiment, counted)
        )


def _variants(experiment: Experiment, counted: dict[str, Counted]) -> list[VariantResult]:
    shown = []
    first = counted.get(experiment.variants[0].name, Counted())
    for place, variant in enumerate(experiment.variants):
        count = counted.get(variant.name, Counted())
        ctr, conversion = share(count.clicked, count.exposed), share(count.bought, count.exposed)
        gaps = (
            difference(ctr, share(first.clicked, first.exposed)),
            difference(conversion, share(first.bought, first.exposed)),
        )
        shown.append(
            VariantResult.model_validate(
                {
                    "variant": variant.name,
                    "share": variant.share,
                    "exposures": count.exposed,
                    "clicks": count.clicked,
                    "purchases": count.bought,
                    "ctr": ctr,
                    "conversion": conversion,
                    "ctr_difference": gaps[0] if place else None,
                    "conversion_difference": gaps[1] if place else None,
                }
            )
        )
    return shown
