"""WhatsApp: one number of the Cloud API."""
