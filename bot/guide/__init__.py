"""The guide: every answer on one plain page, to read, keep or print without a conversation."""
