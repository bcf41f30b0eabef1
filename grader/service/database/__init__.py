"""The database of the service: tables, transactions, migrations.

Start reading at `tables`, then `engine.Database`.
"""
