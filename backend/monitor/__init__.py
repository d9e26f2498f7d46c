"""How fast and how well the server answers: recorded by each worker, read over all of them."""
