"""§3.1: trends, correlations and the parts of a change. Pure: frames in, frames out."""
