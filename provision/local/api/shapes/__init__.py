"""What Fly's APIs answer about the nouns of a world: pure functions, a module a noun."""
