"""Contacts and messages: accept, claim, turn, deliver, erase. The record of what was said."""
