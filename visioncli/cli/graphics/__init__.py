"""Pictures as escape sequences of terminals. All that is in them is ours: pixels as numbers."""
