"""Channels: parse an update into a user message, render a reply; nothing else is decided here."""
