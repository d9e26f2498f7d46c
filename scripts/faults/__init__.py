"""Parts of prove_faults: books of what was acknowledged, clients that check every answer, faults, and their table."""
