# The server in a slim image. Build: docker build -t vitrine .   CUDA build of torch: --build-arg TORCH_BACKEND=auto
ARG PYTHON_VERSION=3.11

FROM python:${PYTHON_VERSION}-slim AS environment
ARG TORCH_BACKEND=cpu
# Compiled now, because the user of the running container can't write beside the packages.
ENV PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1 UV_COMPILE_BYTECODE=1
WORKDIR /app
# Only what the installation reads: a change in the code then reuses this layer.
COPY requirements-api.txt requirements-dev.txt requirements-tracing.txt constraints.txt ./
COPY scripts/setup_env.py scripts/
RUN TORCH_BACKEND=${TORCH_BACKEND} python scripts/setup_env.py
# Small, and without it a setting (OTEL_EXPORTER_OTLP_ENDPOINT) would refuse the start.
RUN .venv/bin/python -m pip install -r requirements-tracing.txt -c constraints.txt

FROM python:${PYTHON_VERSION}-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin vitrine
WORKDIR /app
COPY --from=environment /app/.venv .venv
COPY pyproject.toml LICENSE NOTICE ./
COPY models models
COPY demo demo
COPY ml ml
COPY backend backend
COPY scripts scripts
# Everything that the server writes lies in var/: database, indexes, exported models, and what a hub sent.
RUN mkdir var && chown vitrine var
VOLUME /app/var
USER vitrine
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 API_HOST=0.0.0.0 API_PORT=8000 \
    HF_HOME=/app/var/huggingface XDG_CACHE_HOME=/app/var/cache
EXPOSE 8000
# The first start fetches and exports the model, embeds what is there and builds the index before it answers; a success
# within the start period counts at once.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30m --retries=5 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['API_PORT'] + '/health', timeout=4)"]
CMD ["python", "-m", "scripts.run"]
