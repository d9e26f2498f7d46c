"""Who may do what, and how often: API keys, rate limits, and what guards the connections."""
