"""Makes and changes models; one file per method, none of it needed to serve."""
