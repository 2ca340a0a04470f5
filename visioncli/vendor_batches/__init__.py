"""The providers' own batches: many requests handed in at once, answered within a day for less."""
