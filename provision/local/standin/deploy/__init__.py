"""A deploy, step by step as flyctl does it."""
