"""Engine, base class and migrations of the one database."""
