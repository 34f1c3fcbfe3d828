"""The genome: a skill file, byte-exact, and what of it may change."""
