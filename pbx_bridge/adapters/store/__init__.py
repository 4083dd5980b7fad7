"""SQLite: state, journal and outbox."""
