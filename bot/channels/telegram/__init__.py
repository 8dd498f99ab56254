"""Telegram: private chats with a bot, by webhook or by polling."""
