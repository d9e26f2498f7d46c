"""Beauty products."""
