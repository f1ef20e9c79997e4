"""fly.toml as flyctl reads it: its forms, its verdict, and the machines it asks for."""
