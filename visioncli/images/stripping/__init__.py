"""Dropping what stands beside the pixels of a picture, without touching them."""
