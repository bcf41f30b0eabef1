"""Turns observations into verdicts: ordinary pytest tests, run in the trusted process.

Knows neither sandbox nor submission: it is handed functions that observe.
"""
