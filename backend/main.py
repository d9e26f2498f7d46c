"""create_app(): routers, error handlers, middleware and lifespan, nothing else."""

from __future__ import annotations

import re

from fastapi import FastAPI

from backend.abandon import AbandonMiddleware
from backend.access.cross_origin import CrossOriginMiddleware
from backend.access.middleware import AccessMiddleware
from backend.cache.front import CacheFront
from backend.cache.router import router as cache_router
from backend.catalogue.media import media_router
from backend.catalogue.router import BULK_PATH, product_router
from backend.catalogue.router import router as catalogue_router
from backend.config import Settings, get_settings
from backend.error_handlers import install
from backend.health.router import heads
from backend.health.router import router as health_router
from backend.interaction.router import admin_router as user_data_router
from backend.interaction.router import router as interaction_router
from backend.lean_front import LeanFront
from backend.lifespan import Runtime, lifespan
from backend.log import configure_logging
from backend.middleware import BodyLimitMiddleware
from backend.model.active import EncoderLoader
from backend.monitor.middleware import MonitorMiddleware
from backend.monitor.router import router as performance_router
from backend.monitor.templates import Templates
from backend.monitor.tracing import telemetry_of
from backend.recommend.router import admin_router as experiment_router
from backend.recommend.router import router as recommend_router
from backend.search.answers import KIND
from backend.search.router import IMAGE_PATH, SEARCH_PATH, words_router
from backend.search.router import router as search_router
from backend.search.rules.router import router as rules_router
from backend.search.upload import FORM_BYTES
from backend.version import VERSION
from ml.encoder.load import load_encoder

# Requests ask one after another, so the busiest come first.
ROUTERS = (
    words_router,
    search_router,
    interaction_router,
    recommend_router,
    rules_router,
    catalogue_router,
    product_router,
    user_data_router,
    experiment_router,
)
READING_PATHS = re.compile(
    r"/api/v1/(?:search(?:/image)?|suggest|recommend(?:/cart)?|products/[^/]+/(?:similar|bought-together))"
)
PREFLIGHT_KEPT_S = 3600
EXPOSED_HEADERS = [
    "ETag", "Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "X-Request-ID",
    "X-Cache", "Age",
]  # fmt: skip
DESCRIPTION = """
Semantic product search. Import a catalogue, then ask for products in a shopper's own words.

Every error has one form: `{"success": false, "error": {"code", "message", "details"}, "timestamp", "request_id"}`.
When the server has API keys, all but reading needs one with the right scope (`X-API-Key`, or a bearer token).
"""


def create_app(settings: Settings | None = None, load: EncoderLoader = load_encoder) -> FastAPI:
    """Build the application; nothing is opened before its lifespan begins.

    Args:
        settings: None reads them from the environment.
        load: makes the encoder that the settings name.
    """
    settings = settings or get_settings()
    configure_logging(settings.log_level, settings.api_keys)
    runtime = Runtime(settings, load)
    app = FastAPI(
        title="Vitrine",
        version=VERSION,
        description=DESCRIPTION,
        lifespan=lifespan,
        separate_input_output_schemas=False,  # rules hold filters, and filters have one form
        redirect_slashes=False,  # to wherever the request's Host says
        telemetry=telemetry_of(runtime.monitor.tracing),
    )
    app.state.runtime = runtime
    install(app)
    routers = (*ROUTERS, media_router(settings.media_path), health_router, heads, performance_router, cache_router)
    for router in routers:
        app.include_router(router)
    # The last one added is the outermost.
    if runtime.monitor.tracing is None:
        app.add_middleware(LeanFront, routers=(words_router, interaction_router, recommend_router))
    app.add_middleware(
        BodyLimitMiddleware,
        default=settings.max_body_bytes,
        by_path={BULK_PATH: settings.max_bulk_bytes, IMAGE_PATH: settings.max_image_upload_bytes + FORM_BYTES},
    )
    app.add_middleware(AbandonMiddleware, paths=READING_PATHS, timeout_s=settings.api_timeout_s)
    app.add_middleware(
        CacheFront,
        path=SEARCH_PATH,
        operation=KIND,
        cache=lambda: runtime.cache.answers,
        basis=runtime.search_basis,
        may=runtime.may_search,
        refuses=runtime.refuses_search,
    )
    https_only = settings.environment == "production"
    app.add_middleware(AccessMiddleware, access=runtime.access, https_only=https_only)
    if settings.allowed_origins:  # around what refuses: a page may only read what it was told if this lets it
        app.add_middleware(
            CrossOriginMiddleware,
            https_only=https_only,
            allow_origins=settings.allowed_origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Content-Type", "Authorization", "X-API-Key", "If-Match", "X-Request-ID"],
            expose_headers=EXPOSED_HEADERS,
            max_age=PREFLIGHT_KEPT_S,
        )
    templates = Templates(route for router in (app, *routers) for route in router.routes)
    app.add_middleware(MonitorMiddleware, monitor=runtime.monitor, templates=templates)
    return app
