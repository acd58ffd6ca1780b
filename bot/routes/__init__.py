"""Addresses of the server that are no channel: what operators ask, and what is said publicly about the service."""
