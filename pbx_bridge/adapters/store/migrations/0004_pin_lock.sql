-- How often wrong PINs were tried lately, so that a restart opens nothing.
CREATE TABLE pin_lock (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    changed_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (json_valid(state))
) STRICT;
