"""flyctl's commands, a module a noun."""
