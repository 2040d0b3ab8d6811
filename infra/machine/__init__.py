"""Run a development machine's own PostgreSQL and S3, and make its keys and environment.

Nothing here is used in production: there the database, the object store and the keys are given by the environment.
"""
