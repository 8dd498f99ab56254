"""Misunderstood messages: sorted by the team, and made into training data."""
