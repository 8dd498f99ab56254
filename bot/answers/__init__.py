"""The answers that people wrote: load, check, choose and lay out. Nothing here generates text."""
