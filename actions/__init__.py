"""Rasa custom actions: each reads slots, calls one service of the desk, says its replies, returns events.

Flat on purpose: rasa_sdk imports every module of this package without its prefix.
"""
