"""Accounts of the team."""
