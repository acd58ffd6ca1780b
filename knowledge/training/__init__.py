"""Training of the project's own sentence encoder and of the re-ranker (not needed for serving)."""
