"""Numbered migrations, run by Alembic."""
