"""`vision models --refresh`: lists are fetched, laid over what is known, and checked."""
