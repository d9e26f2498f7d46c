"""Parts of serve_full: PostgreSQL, Redis, servers, worker, nginx and Prometheus as processes of this machine."""
