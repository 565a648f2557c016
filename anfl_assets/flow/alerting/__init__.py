"""Where alerting meets the rest: readings from the lake and live, state, and the channels.

`evaluate.py` decides and writes; `send.py` hands over what the outbox holds.
"""
