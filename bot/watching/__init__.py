"""What a process counts of its own work, and the page on which it says so to Prometheus."""
