"""The requests that flyctl's commands are made of, a module a noun."""
