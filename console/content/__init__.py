"""What Faro says: its topics and contacts as people see them, what waits for somebody, and where it came from."""
