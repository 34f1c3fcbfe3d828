"""Is it really better? Pure decisions over measured results; docs/trust.md says what is controlled."""
