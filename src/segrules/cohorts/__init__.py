"""Who was in an audience then. A `Cohort` is a value that never changes."""
