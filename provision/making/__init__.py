"""How what is declared comes to be: looked at, made, looked at again."""
