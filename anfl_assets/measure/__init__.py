"""Measuring now: each technical metric over the window that ends now (specification §1).

One definition, two speeds: the models are dbt's, compiled once; here they run over the lake's
newest rows and the spool. No metric is computed in Python.
"""
