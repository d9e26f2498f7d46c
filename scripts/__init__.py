"""One command per file; each prints what it did and exits non-zero when it failed."""
