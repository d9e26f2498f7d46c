"""What shoppers do: the log of it, and their live state."""
