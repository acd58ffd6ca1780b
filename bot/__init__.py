"""Everything that touches Rasa or a channel."""
