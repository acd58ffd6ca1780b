"""Rasa NLU components: a tokenizer that knows Chinese and a fast intent classifier."""
