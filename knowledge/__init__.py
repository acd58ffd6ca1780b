"""The knowledge base: cards, their sources, and what loads, checks, indexes, searches and releases them."""
