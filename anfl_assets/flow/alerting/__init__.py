"""Where alerting meets the rest: readings from the lake and live, state, and the channels.

`evaluate.py` decides and writes; `sending/` hands over what the outbox holds. `watching/` knows
when either is dead, `doctor/` whether everything works, `replaying/` what would have been told.
"""
