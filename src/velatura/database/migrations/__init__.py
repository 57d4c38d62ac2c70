"""Steps from one revision of the database to the next, and how Alembic takes them."""
