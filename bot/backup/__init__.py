"""Backups: everything that Faro knows, in one sealed file, and back."""
