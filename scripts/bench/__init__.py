"""`python -m scripts.bench`: the server beside a straightforward one and beside its peers."""
