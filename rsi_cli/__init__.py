"""rsi: evolve a prompt or skill file against a suite, and never mistake luck for progress."""
