"""Keys: where they come from, and how they go into a request."""
