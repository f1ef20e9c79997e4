"""Fly's GraphQL API, a module a noun, executed by graphql-core over a schema of our own."""
