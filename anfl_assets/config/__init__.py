"""What an organisation writes in YAML (`feeds.yaml`, `alerts.yaml`): reading it, fault by fault.

Sections with expectations, periods, variables of the environment, secrets. No key of any file is
known here.
"""
