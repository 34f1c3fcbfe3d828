"""What contributors run: the whole check, and the lock files. None of it is shipped."""
