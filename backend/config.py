"""Settings: the only file that reads the environment."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from backend.access.guessable import is_guessable, is_origin, is_poor_password, password_of
from backend.catalogue.options import SearchOptions
from backend.catalogue.template import check_template
from backend.catalogue.text import clean_line
from backend.monitor.tracing import can_trace
from backend.recommend.experiments import Experiments
from backend.recommend.rules import RecommendRules
from ml.encoder.device import pick_precision
from ml.encoder.load import EncoderSpec
from ml.errors import BadWeights, RulesRefused
from ml.index.planner import PlannerSettings
from ml.profile.rules import ProfileRules
from ml.ranking.fusion import Fusion
from ml.recommend.weights import load_weights

DEFAULT_MODEL = str(Path(__file__).parents[1] / "models/vitrine-minilm-l6")  # whatever the working directory
DEFAULT_TEXT_TEMPLATE = "{title}. {brand}. {category}. {colour}. {description}"


Language = Literal[
    "none", "arabic", "basque", "catalan", "danish", "dutch", "english", "finnish", "french", "german", "greek",
    "hindi", "hungarian", "indonesian", "irish", "italian", "lithuanian", "nepali", "norwegian", "portuguese",
    "romanian", "russian", "serbian", "spanish", "swedish", "tamil", "turkish",
]  # fmt: skip


class Settings(BaseSettings):
    """Every setting, from the environment or `.env`; see docs/configuration.md for what each one does."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True)

    environment: Literal["development", "production"] = "development"
    demo_shop: bool | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    api_host: str = "127.0.0.1"
    api_port: int = Field(default=8000, ge=0, le=65535)
    api_workers: int = Field(default=1, ge=1, le=64)
    api_require_key: bool = False
    api_keys: Annotated[tuple[str, ...], NoDecode] = Field(default=(), repr=False)
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    rate_limit_per_minute: int = Field(default=100, ge=0, le=10_000_000)
    rate_limit_ip_per_minute: int = Field(default=6000, ge=0, le=10_000_000)
    rate_limit_key_per_minute: int = Field(default=0, ge=0, le=1_000_000_000)
    max_connections: int = Field(default=2000, ge=1, le=100_000)
    max_connections_per_ip: int = Field(default=256, ge=1, le=100_000)
    request_timeout_s: float = Field(default=10.0, gt=0, le=3600)
    keep_alive_timeout_s: int = Field(default=5, ge=1, le=3600)
    max_body_bytes: int = Field(default=262_144, ge=1024, le=2**30)
    max_bulk_bytes: int = Field(default=256 * 2**20, ge=1024, le=2**40)
    max_image_upload_bytes: int = Field(default=10 * 2**20, ge=1024, le=20 * 2**20)

    database_url: str = Field(default="sqlite:///var/vitrine.db", repr=False)
    db_pool_size: int = Field(default=5, ge=1, le=200)
    db_max_overflow: int = Field(default=5, ge=0, le=200)
    db_connect_timeout_s: int = Field(default=3, ge=2, le=3600)
    db_timeout_s: float = Field(default=5, gt=0, le=3600)
    redis_url: str | None = Field(default=None, repr=False)

    api_timeout_s: float = Field(default=10, gt=0, le=3600)
    api_enable_cache: bool = True
    api_cache_ttl_search: float = Field(default=3600, gt=0, le=86_400)
    api_cache_ttl_recommend: float = Field(default=120, gt=0, le=86_400)
    api_cache_bytes: int = Field(default=64 * 2**20, ge=0, le=2**40)

    clip_model: str = DEFAULT_MODEL
    clip_pretrained: str | None = None
    encoder_engine: Literal["auto", "openvino", "torch"] = "auto"
    encoder_precision: Literal["auto", "int8", "bf16", "fp32"] = "auto"
    encoder_threads: int = Field(default=0, ge=0, le=256)
    image_encoder_threads: int = Field(default=0, ge=0, le=256)
    encoder_cache_path: Path = Path("var/encoders")
    search_queue_size: int = Field(default=40, ge=1, le=100_000)
    encoder_batch_size: int = Field(default=16, ge=1, le=1024)
    query_cache_size: int = Field(default=10_000, ge=0, le=10_000_000)

    product_text_template: str = Field(default=DEFAULT_TEXT_TEMPLATE, min_length=1, max_length=2000)
    text_weight: float = Field(default=0.6, ge=0, le=1)
    image_weight: float = Field(default=0.4, ge=0, le=1)
    faiss_index_path: Path = Path("var/index")
    media_path: Path = Path("var/media")
    catalogue_poll_interval_s: float = Field(default=1.0, gt=0, le=3600)
    card_cache_size: int = Field(default=50_000, ge=0, le=10_000_000)
    search_language: Language = "english"
    synonyms_path: Path | None = None
    search_lexical_weight: float = Field(default=0.6, ge=0, le=1)
    search_similarity_weight: float = Field(default=0.4, ge=0, le=1)
    search_cutoff: float = Field(default=2.5, ge=-100, le=100)
    search_coverage: float = Field(default=0.6, gt=0, le=1)
    search_mode: Literal["auto", "exact"] = "auto"
    search_exact_budget_ms: float = Field(default=5.0, ge=0, le=10_000)
    search_minimum_recall: float = Field(default=0.99, ge=0, le=1)
    search_shadow_share: float = Field(default=0.01, ge=0, le=1)
    rerank_weights_path: Path | None = None
    rerank_depth: int = Field(default=100, ge=1, le=1000)
    interaction_rules_path: Path | None = None
    feedback_queue_size: int = Field(default=10_000, ge=1, le=1_000_000)
    feedback_rate_per_minute: int = Field(default=600, ge=0, le=10_000_000)
    state_cache_size: int = Field(default=4096, ge=1, le=1_000_000)
    profile_worker: bool = True
    profile_interval_s: float = Field(default=0.5, gt=0, le=3600)
    recommend_rules_path: Path | None = None
    experiments_path: Path | None = None
    recommender_path: Path = Path("var/recommender")
    recommender_weights_path: Path | None = None
    recommender_refresh_events: int = Field(default=5000, ge=1, le=10_000_000)
    recommender_refresh_minutes: float = Field(default=15, gt=0, le=525_600)
    recommendation_queue_size: int = Field(default=10_000, ge=1, le=1_000_000)
    recommendation_log_days: int = Field(default=90, ge=1, le=36_500)
    search_attributes: Annotated[frozenset[str] | None, NoDecode] = None

    monitor_path: Path = Path("var/monitor")
    monitor_window_s: float = Field(default=300, ge=1, le=86_400)
    monitor_slices: int = Field(default=10, ge=2, le=60)
    performance_target_ms: float = Field(default=150, gt=0, le=600_000)
    performance_bands_ms: Annotated[tuple[float, ...], NoDecode] = (50, 100, 150, 300)
    performance_slow_ms: float = Field(default=300, ge=0, le=600_000)
    performance_keep_queries: bool = False
    performance_burn_short_s: float = Field(default=300, ge=1, le=86_400)
    performance_burn_long_s: float = Field(default=3600, ge=1, le=604_800)
    log_requests: bool = False
    otel_exporter_otlp_endpoint: str | None = None

    @field_validator("api_keys", "allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(v.strip() for v in value.split(",") if v.strip()) if isinstance(value, str) else value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return tuple(ip_network(v.strip()) for v in value.split(",") if v.strip())
        except ValueError as error:
            raise ValueError(f"addresses or networks such as 10.0.0.0/8, separated by commas: {error}") from error

    @field_validator("performance_bands_ms", mode="before")
    @classmethod
    def _numbers(cls, value: object) -> object:
        return value.split(",") if isinstance(value, str) else value

    @field_validator("performance_bands_ms")
    @classmethod
    def _four_rising(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if len(value) != 4 or not 0 < value[0] < value[1] < value[2] < value[3]:
            raise ValueError("PERFORMANCE_BANDS_MS is four rising numbers above 0, such as 50,100,150,300")
        return value

    @field_validator("search_attributes", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        names = frozenset(clean_line(name) for name in value.split(",")) if isinstance(value, str) else value
        return (names - {""} or None) if isinstance(names, frozenset) else names

    @field_validator(
        "demo_shop",
        "redis_url",
        "clip_pretrained",
        "synonyms_path",
        "rerank_weights_path",
        "interaction_rules_path",
        "recommend_rules_path",
        "experiments_path",
        "recommender_weights_path",
        "otel_exporter_otlp_endpoint",
        mode="before",
    )
    @classmethod
    def _blank_is_unset(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("database_url")
    @classmethod
    def _database_driver(cls, value: str) -> str:
        """Name the driver, since a bare `postgresql://` means another one to SQLAlchemy."""
        for prefix in ("postgresql://", "postgres://"):
            if value.startswith(prefix):
                return "postgresql+psycopg2://" + value.removeprefix(prefix)
        if not value.startswith(("sqlite:///", "postgresql+psycopg2://")):
            raise ValueError("DATABASE_URL starts with sqlite:/// or postgresql://")
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(is_origin(origin) for origin in value):
            raise ValueError("ALLOWED_ORIGINS are such as https://shop.example or http://localhost:3000, or *")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis_scheme(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("REDIS_URL starts with redis://, rediss:// or unix://")
        return value

    @field_validator("otel_exporter_otlp_endpoint")
    @classmethod
    def _trace_scheme(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("OTEL_EXPORTER_OTLP_ENDPOINT starts with http:// or https://")
        if value is not None and not can_trace():
            raise ValueError("OTEL_EXPORTER_OTLP_ENDPOINT needs packages: pip install -r requirements-tracing.txt")
        return value

    @field_validator("product_text_template")
    @classmethod
    def _template_fields(cls, value: str) -> str:
        check_template(value)
        return value

    @field_validator("interaction_rules_path")
    @classmethod
    def _usable_rules(cls, value: Path | None) -> Path | None:
        try:
            ProfileRules.read(value)
        except RulesRefused as error:
            raise ValueError(str(error)) from error
        return value

    @field_validator("recommender_weights_path")
    @classmethod
    def _usable_weights(cls, value: Path | None) -> Path | None:
        try:
            load_weights(value)
        except BadWeights as error:
            raise ValueError(str(error)) from error
        return value

    @model_validator(mode="after")
    def _usable_experiments(self) -> Self:
        try:
            rules = RecommendRules.read(self.recommend_rules_path)
            Experiments.read(rules, self.experiments_path, self.search_options.fusion)
        except RulesRefused as error:
            raise ValueError(str(error)) from error
        return self

    @model_validator(mode="after")
    def _keys(self) -> Self:
        if any(len(key) < 16 for key in self.api_keys):
            raise ValueError("each of API_KEYS has at least 16 characters")
        if self.api_require_key and not self.api_keys:
            raise ValueError("API_REQUIRE_KEY needs at least one key in API_KEYS")
        if self.environment == "production":
            self._check_production()
        if self.text_weight + self.image_weight <= 0:
            raise ValueError("TEXT_WEIGHT and IMAGE_WEIGHT can't both be 0")
        if self.performance_burn_short_s >= self.performance_burn_long_s:
            raise ValueError("PERFORMANCE_BURN_SHORT_S is below PERFORMANCE_BURN_LONG_S")
        return self

    def _check_production(self) -> None:
        if not self.api_keys:
            raise ValueError("ENVIRONMENT=production needs API_KEYS: without one anybody may write the catalogue")
        if any(is_guessable(key) for key in self.api_keys):
            raise ValueError("one of API_KEYS can be guessed: take 32 random characters or more")
        for name, url in (("DATABASE_URL", self.database_url), ("REDIS_URL", self.redis_url or "")):
            user, password = password_of(url)
            if password is not None and is_poor_password(user, password):
                raise ValueError(f"the password in {name} can be guessed")
        if "*" in self.allowed_origins:
            raise ValueError("ALLOWED_ORIGINS=* lets every page call the server: name the shop's own")

    @property
    def wants_demo_shop(self) -> bool:
        """Whether an empty database is filled with the demo shop: an invented product is nothing to sell."""
        return self.environment == "development" if self.demo_shop is None else self.demo_shop

    @property
    def search_options(self) -> SearchOptions:
        """How the catalogue in memory is built and searched."""
        fusion = Fusion(
            lexical=self.search_lexical_weight,
            similarity=self.search_similarity_weight,
            cutoff=self.search_cutoff,
            coverage=self.search_coverage,
        )
        planning = PlannerSettings(self.search_mode, self.search_exact_budget_ms, self.search_minimum_recall)
        return SearchOptions(
            self.search_attributes, self.search_language, self.synonyms_path, fusion, planning=planning
        )

    @property
    def encoder_spec(self) -> EncoderSpec:
        """Which encoder to load, and how."""
        return EncoderSpec(
            model=self.clip_model,
            pretrained=self.clip_pretrained,
            engine=self.encoder_engine,
            precision=pick_precision(self.encoder_precision),
            threads=self.encoder_threads,
            image_threads=self.image_encoder_threads,
            cache_dir=self.encoder_cache_path,
        )


@lru_cache
def get_settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings()
