"""A shop that doesn't exist: its products, their pictures and its shoppers, all made from a seed."""
