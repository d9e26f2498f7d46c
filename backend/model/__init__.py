"""Which model serves: the choice in the database, the engine built from it, and the change from one to another."""
