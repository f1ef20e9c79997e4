"""The HTTP surfaces of the local Fly, for the real flyctl: GraphQL, machines, releases, logs."""
