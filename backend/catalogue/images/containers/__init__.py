"""How picture files are built: each is walked from end to end before any pixel is decoded."""
