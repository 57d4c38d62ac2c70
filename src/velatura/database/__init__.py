"""The database: opened, brought up to date, read and written; SQLite, or PostgreSQL by URL."""
