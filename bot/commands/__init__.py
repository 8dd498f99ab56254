"""One verb of the `bot` command a file."""
