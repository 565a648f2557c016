"""One module per figure in the README; `python -m benchmarks` runs them all.

A timing is never a test assertion: machines differ. Each module prints rows, seconds and peak
memory of a fresh process, beside something comparable measured in the same run.
"""
