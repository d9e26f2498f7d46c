"""Parts of prove_crashes: a server that merges and saves without pause, writers that keep books, and the audit."""
