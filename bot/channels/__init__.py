"""One file or folder a channel. A channel knows `accept` and how to send; nothing of Rasa."""
