-- What agencies said. In the clear: ids, keyed hashes, kinds, roles, flags, times of events and versions, counts. Everything else is sealed.

-- migration: 0100 intake feeds and deliveries
CREATE TABLE feed (
    id {{id}},
    name text NOT NULL UNIQUE,
    title text NOT NULL,
    agency bigint NOT NULL REFERENCES agency (id),
    controller text NOT NULL,
    regime bigint NOT NULL,
    purpose text NOT NULL,
    marking text NOT NULL,
    full_delivery bigint NOT NULL,  -- 1: a delivery states everything, so what is older than the newest one is withdrawn
    full_at bigint NOT NULL,        -- version of the newest full delivery that was loaded to its end
    definition text NOT NULL        -- the feed's JSON, so that rows can be derived again
);
CREATE TABLE delivery (
    id {{id}},
    feed bigint NOT NULL REFERENCES feed (id),
    started_ms bigint NOT NULL,
    ended_ms bigint,                -- NULL: broken off; what it stored stands, loading again completes it
    n_read bigint NOT NULL,
    n_stored bigint NOT NULL,
    n_unchanged bigint NOT NULL,
    n_quarantined bigint NOT NULL
);
CREATE INDEX delivery_by_feed ON delivery (feed);
CREATE TABLE row_layout (
    id {{id}},
    names text NOT NULL UNIQUE      -- the header of a CSV file: column names with U+001F between
);
CREATE TABLE quarantine (
    id {{id}},
    feed bigint NOT NULL REFERENCES feed (id),
    delivery bigint NOT NULL REFERENCES delivery (id),
    ident {{blob}} NOT NULL UNIQUE, -- keyed hash of feed, text and its number in the delivery
    first_line bigint NOT NULL,
    last_line bigint NOT NULL,
    reason text NOT NULL,
    at_ms bigint NOT NULL,
    replayed bigint NOT NULL,
    layout bigint NOT NULL,
    wrapped {{blob}} NOT NULL,
    sealed {{blob}} NOT NULL
);
-- Identical rows without a key of their own, counted within a delivery; empty between loads.
CREATE TABLE occurrence (
    delivery bigint NOT NULL,
    content {{blob}} NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (delivery, content)
) {{clustered}};

-- migration: 0101 intake records, rows and mentions
CREATE TABLE record (
    id {{id}},
    feed bigint NOT NULL,
    ident {{blob}} NOT NULL UNIQUE, -- keyed hash of feed and record key
    newest_at bigint NOT NULL       -- greatest version of its rows
);
-- One version of one row, and the event that it states.
CREATE TABLE intake_row (
    id {{id}},
    record bigint NOT NULL,
    row_key bigint NOT NULL,        -- keyed hash
    version_at bigint NOT NULL,
    content bigint NOT NULL,        -- keyed hash
    delivery bigint NOT NULL,
    known_from bigint NOT NULL,
    is_current bigint NOT NULL,     -- kept equal to the pure function of versions.c
    event_key bigint NOT NULL,
    kind bigint NOT NULL,
    agency_kind bigint NOT NULL,
    assertion bigint NOT NULL,
    flags bigint NOT NULL,
    occurred_ms bigint,
    occurred_to_ms bigint,
    recorded_ms bigint,
    from_ms bigint,
    to_ms bigint,
    precisions bigint NOT NULL,     -- of these five, an octal digit each, occurred_ms lowest
    order_type bigint NOT NULL,
    conditions bigint NOT NULL,
    place bigint NOT NULL,          -- keyed hash, 0: none
    incident bigint NOT NULL,       -- keyed hash, 0: none
    has_narrative bigint NOT NULL
);
CREATE INDEX intake_row_by_record ON intake_row (record);
CREATE TABLE row_text (
    id {{id}},                      -- the row's
    layout bigint NOT NULL,
    wrapped {{blob}} NOT NULL,
    sealed {{blob}} NOT NULL
);
CREATE TABLE mention (
    id {{id}},                      -- row id * 64 + slot
    record bigint NOT NULL,
    feed bigint NOT NULL,
    mention_key bigint NOT NULL,    -- keyed hash of feed, record key, row key and slot
    role bigint NOT NULL,
    has_identifier bigint NOT NULL,
    is_current bigint NOT NULL,
    wrapped {{blob}} NOT NULL,
    sealed {{blob}} NOT NULL
);
CREATE INDEX mention_by_key ON mention (mention_key) WHERE is_current = 1;
CREATE INDEX mention_by_record ON mention (record, mention_key, role) WHERE is_current = 1; -- holds all that the scan of events reads
CREATE TABLE mention_find (
    value bigint NOT NULL,          -- keyed hash of kind and cleaned value
    mention bigint NOT NULL,
    PRIMARY KEY (value, mention)
) {{clustered}};
CREATE TABLE relation_stated (
    record bigint NOT NULL,
    row_id bigint NOT NULL,
    of_slot bigint NOT NULL,
    to_slot bigint NOT NULL,        -- -1: the record's mentions with to_role
    to_role bigint NOT NULL,
    relation bigint NOT NULL,
    PRIMARY KEY (record, row_id, of_slot, to_slot, to_role, relation)
) {{clustered}};

-- migration: 0102 intake levels of records
ALTER TABLE record ADD COLUMN level bigint NOT NULL DEFAULT 1; -- access's levels: 1 open, 2 audited, 3 protected, 4 closed

-- migration: 0103 intake destroyed mentions
-- Mentions whose key was destroyed (a row whose own text went with them has has_narrative -1): wrapped and sealed are empty in mention, and is_current stays 0. Found again in an old backup by mention_key and content.
CREATE TABLE mention_destroyed (
    mention {{id}},
    mention_key bigint NOT NULL,
    content bigint NOT NULL,        -- the row's
    at_ms bigint NOT NULL
);

-- migration: 0104 intake closed records
-- docs/closed.md. The keys of all mentions of closed records, whatever version: what names one of them is answered as if nobody had it.
CREATE TABLE closed_mention (
    mention_key {{id}},
    record bigint NOT NULL,
    anchor bigint NOT NULL          -- a mention of the same person in a record that is not closed, as linked when it was closed; 0: none
);
CREATE INDEX closed_mention_by_record ON closed_mention (record);
CREATE INDEX record_closed ON record (feed) WHERE level = 4;
-- Who agreed that somebody comes onto a closed record's list; `relation` is the registry's.
CREATE TABLE closed_approval (
    relation bigint NOT NULL,
    approver text NOT NULL,
    at_ms bigint NOT NULL,
    PRIMARY KEY (relation, approver)
);
ALTER TABLE quarantine ADD COLUMN record {{blob}}; -- ident of the record that the row names; NULL: its key could not be read, or it came before this migration
