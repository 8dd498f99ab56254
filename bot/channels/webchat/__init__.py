"""The web chat: a page that works without JavaScript, and better with it."""
