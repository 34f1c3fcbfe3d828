"""The yardstick: a suite file, read and checked, as frozen values."""
