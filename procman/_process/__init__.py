"""Children: started, read, ended, with everything they bring forth."""
