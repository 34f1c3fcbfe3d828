"""Who answers: one async gateway in front of every model."""
