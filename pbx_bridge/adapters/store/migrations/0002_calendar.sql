-- What changes who is on call, beside the configuration: overrides and imported shifts.
CREATE TABLE override (
    override_id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,            -- class of the override
    data TEXT NOT NULL CHECK (json_valid(data)),
    ends_at TEXT NOT NULL,         -- when the last part of it is over
    made_at TEXT NOT NULL,
    made_by TEXT NOT NULL,
    reason TEXT NOT NULL,          -- empty when none was given
    removed_at TEXT                -- NULL while it stands
) STRICT;
CREATE INDEX override_standing ON override (ends_at) WHERE removed_at IS NULL;

CREATE TABLE shift_import (
    import_id INTEGER PRIMARY KEY AUTOINCREMENT,
    layer TEXT NOT NULL,           -- the newest import of a layer counts, older ones are kept
    source TEXT NOT NULL,          -- name of the file
    shifts TEXT NOT NULL CHECK (json_valid(shifts)),
    made_at TEXT NOT NULL,
    made_by TEXT NOT NULL
) STRICT;
CREATE INDEX shift_import_layer ON shift_import (layer, import_id);

CREATE TABLE calendar_journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    made_by TEXT NOT NULL,         -- who
    reason TEXT NOT NULL,          -- why
    trigger TEXT NOT NULL CHECK (trigger IN ('OverrideMade', 'OverrideRemoved', 'ShiftsImported')),
    data TEXT NOT NULL CHECK (json_valid(data))
) STRICT;
