"""Pictures: where they come from, what they are, what a provider takes of them."""
