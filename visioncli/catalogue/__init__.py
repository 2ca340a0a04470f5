"""What is known of models: which can see, who says so, and since when one is gone."""
