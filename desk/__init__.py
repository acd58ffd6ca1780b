"""The desk: settings, clock, outcomes and the one place that builds the real services."""
