"""The console: what the staff see. Everything in it demands a login."""
