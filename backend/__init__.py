"""The web service: knows HTTP, SQL and Redis; may import `ml`."""
