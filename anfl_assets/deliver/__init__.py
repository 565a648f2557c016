"""The channels of §4.2: how a message reaches a person or a system.

`message.py` is what is told, `channel.py` what every channel does; one module a channel. Nothing
here knows who must be told or when.
"""
