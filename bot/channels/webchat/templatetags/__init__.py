"""What the templates of the web chat need."""
