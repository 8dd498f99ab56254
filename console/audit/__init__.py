"""The trail of who of the team saw or did what."""
