"""The `fly` of the local Fly: flyctl's commands, flags, words and exit codes over a world."""
