"""What people answer and ask, from wherever: the command line and the pages take the same steps."""
