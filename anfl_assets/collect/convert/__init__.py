"""Converting: source columns of text become canonical columns, with every value that would not go.

Pure, column by column; a value that fails is null and named with its rule and reason.
"""
