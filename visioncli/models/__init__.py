"""What `vision models` and `vision check` stand on: lists, keys that are set, live looks."""
