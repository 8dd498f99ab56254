"""What people asked and what was answered: the list, the search, one conversation."""
