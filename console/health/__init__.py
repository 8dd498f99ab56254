"""How Faro is."""
