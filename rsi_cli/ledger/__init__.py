"""What happened, for good: facts in a journal, versions in git."""
