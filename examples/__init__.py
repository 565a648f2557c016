"""Examples of what the project reads: one small company, made up and labelled as simulated."""
