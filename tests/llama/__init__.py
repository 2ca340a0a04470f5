"""A real llama.cpp server, with a tiny vision model of random weights made on the spot."""
