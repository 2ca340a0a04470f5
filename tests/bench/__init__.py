"""Speed and memory, measured as ratios side by side: python -m tests.bench [--runs N]"""
