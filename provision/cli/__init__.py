"""The command line: arguments in, one coroutine a verb, one document out."""
