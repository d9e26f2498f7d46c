"""Drawings of furniture, lamps, household linen, appliances and garden things."""
