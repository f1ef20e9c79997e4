"""A fly.<name>.toml as flyctl reads it, and the machines a deploy makes of it."""
