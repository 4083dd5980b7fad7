-- Calls, escalations, their journal and the effects that their transitions asked for.
-- Times are UTC, ISO 8601, all of one width: text order is time order.
PRAGMA application_id = 1346525250;  -- "PBXB": the file is ours and nobody else's

CREATE TABLE instance (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    key BLOB NOT NULL CHECK (length(key) = 32),  -- signs ring tokens
    last_case INTEGER NOT NULL                   -- the newest case id given; none is given twice
) STRICT;
INSERT INTO instance (only_row, key, last_case) VALUES (1, token_bytes(32), 1000);

CREATE TABLE call (
    case_id TEXT PRIMARY KEY,
    call_id TEXT NOT NULL UNIQUE,  -- Asterisk's uniqueid
    version INTEGER NOT NULL,
    phase TEXT NOT NULL,
    wake_at TEXT,                  -- NULL when no timer runs
    state TEXT NOT NULL CHECK (json_valid(state))
) STRICT;
CREATE INDEX call_due ON call (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX call_undecided ON call (phase) WHERE phase <> 'decided';

CREATE TABLE escalation (
    case_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    phase TEXT NOT NULL,
    wake_at TEXT,                  -- NULL when no timer runs
    state TEXT NOT NULL CHECK (json_valid(state))
) STRICT;
CREATE INDEX escalation_due ON escalation (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX escalation_ringing ON escalation (phase) WHERE phase = 'ringing';
CREATE INDEX escalation_lately ON escalation (json_extract(state, '$.acknowledged_at'))
    WHERE phase = 'acknowledged';

CREATE TABLE journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL,
    at TEXT NOT NULL,
    machine TEXT NOT NULL CHECK (machine IN ('call', 'escalation', 'note')),
    version INTEGER,               -- of the machine's state after this row; NULL for a note
    trigger TEXT NOT NULL,         -- class of the event, CallOpened, EscalationOpened or a note's kind
    data TEXT NOT NULL CHECK (json_valid(data)),
    CHECK ((machine = 'note') = (version IS NULL))
) STRICT;
CREATE INDEX journal_case ON journal (case_id);
CREATE UNIQUE INDEX journal_version ON journal (case_id, machine, version)
    WHERE version IS NOT NULL;

CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL,
    committed_at TEXT NOT NULL,
    effect TEXT NOT NULL,          -- class of the effect
    data TEXT NOT NULL CHECK (json_valid(data)),
    status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done', 'parked')),
    failures INTEGER NOT NULL DEFAULT 0,
    error TEXT,                    -- of the last failure
    retry_at TEXT,                 -- not before; NULL means now
    done_at TEXT
) STRICT;
CREATE INDEX outbox_case ON outbox (case_id);
CREATE INDEX outbox_open ON outbox (seq) WHERE status = 'open';
CREATE INDEX outbox_parked ON outbox (seq) WHERE status = 'parked';
