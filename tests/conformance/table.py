"""What the conformance tests found: transcript to channel to `equal` or `differs`."""

TABLE: dict[str, dict[str, str]] = {}
