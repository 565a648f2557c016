"""The watcher: is alerting alive, and whom to tell where it is not. Needs nothing it watches."""
