"""Outreach to schools: what is safe for a child, the quiz, lesson sheets, the classroom. Pure: no Rasa, no SQL, no clock."""
