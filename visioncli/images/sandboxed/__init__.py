"""Formats that are read in a process apart, bounded in time and memory: HEIC, SVG, PDF."""
