"""flyctl's commands as steps, a module a noun, each verb a function."""
