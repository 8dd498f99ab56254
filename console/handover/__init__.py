"""A person of the team instead of Faro: who waits, who holds which conversation, and writing in it."""
