-- What people are told by mail, webhook or push: once for each key and addressee.
CREATE TABLE notice (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,             -- idempotency key
    addressee TEXT NOT NULL,
    topic TEXT NOT NULL,
    case_id TEXT,                  -- NULL when it is about no case
    queued_at TEXT NOT NULL,
    data TEXT CHECK (data IS NULL OR json_valid(data)),  -- NULL once it is over: callers' words do not stay
    status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'sent', 'given-up')),
    failures INTEGER NOT NULL DEFAULT 0,
    error TEXT,                    -- of the last failure
    retry_at TEXT,                 -- not before; NULL means now
    ended_at TEXT,                 -- sent or given up
    CHECK ((status = 'open') = (data IS NOT NULL)),
    UNIQUE (key, addressee)
) STRICT;
CREATE INDEX notice_open ON notice (seq) WHERE status = 'open';

CREATE TABLE known_gaps (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    looked_at TEXT NOT NULL,
    gaps TEXT NOT NULL CHECK (json_valid(gaps))  -- of the last look at the plan, and the shifts that were told ahead
) STRICT;
