"""Products: feeds, tables, writes, filters and cards."""
