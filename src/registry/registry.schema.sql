-- Agencies, users, agreements, relations, glass. In the clear: names of agencies and of accounts, numbers, times, keyed hashes. Sealed: what staff are called,
-- secrets of one-time codes, reasons. Rows are ended, not deleted: what was so on a date can be told for ever. Times run from from_ms to, not with, to_ms.

-- migration: 0060 registry agencies
CREATE TABLE agency (
    id {{id}},
    name text NOT NULL UNIQUE,
    kind bigint NOT NULL,
    contact text NOT NULL,          -- the desk to ask; never a person
    made_at bigint NOT NULL,
    ended_at bigint                 -- no longer takes part: its records stay, its users do not act
);

-- migration: 0061 registry users, roles, facts
CREATE TABLE staff (
    id {{id}},
    name text NOT NULL UNIQUE,      -- of the account
    agency bigint NOT NULL REFERENCES agency (id),
    unit text NOT NULL,
    standing bigint NOT NULL,
    from_ms bigint NOT NULL,
    to_ms bigint NOT NULL,
    line_manager bigint NOT NULL,   -- 0: none
    made_at bigint NOT NULL,
    made_by text NOT NULL,
    wrapped {{blob}} NOT NULL,      -- the key of the next and of the secret
    shown_name {{blob}} NOT NULL,   -- what the person is called
    password text,                  -- Argon2id
    totp_secret {{blob}},           -- sealed
    totp_step bigint NOT NULL,      -- the step used last
    failures bigint NOT NULL,       -- sign-ins that failed since the last good one
    failed_at bigint NOT NULL
);
CREATE INDEX staff_by_unit ON staff (agency, unit);
CREATE TABLE staff_role (
    id {{id}},
    staff bigint NOT NULL REFERENCES staff (id),
    role bigint NOT NULL,
    from_ms bigint NOT NULL,
    to_ms bigint NOT NULL,
    made_by text NOT NULL,
    ended_by text NOT NULL
);
CREATE INDEX staff_role_by_staff ON staff_role (staff);
-- What conflicts of interest are found by: keyed hashes, as intake makes them, of what staff stated about themselves and their relatives.
CREATE TABLE staff_fact (
    id {{id}},
    staff bigint NOT NULL REFERENCES staff (id),
    whose bigint NOT NULL,
    kind text NOT NULL,
    value bigint NOT NULL,
    made_at bigint NOT NULL,
    made_by text NOT NULL,
    ended_at bigint
);
CREATE INDEX staff_fact_by_value ON staff_fact (value);
-- What people wrote about why they did something: it may name anybody.
CREATE TABLE reason (
    id {{id}},
    wrapped {{blob}} NOT NULL,
    words {{blob}} NOT NULL
);

-- migration: 0062 registry recovery codes and sessions
CREATE TABLE staff_recovery (
    id {{id}},
    staff bigint NOT NULL REFERENCES staff (id),
    hash {{blob}} NOT NULL,
    used_at bigint                  -- also when replaced by a new set
);
CREATE INDEX staff_recovery_by_staff ON staff_recovery (staff);
CREATE TABLE staff_session (
    id {{id}},
    hash {{blob}} NOT NULL UNIQUE,
    staff bigint NOT NULL REFERENCES staff (id),
    device text NOT NULL,
    made_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    until_ms bigint NOT NULL,       -- whatever happens, it ends then
    step_up_until_ms bigint NOT NULL,
    ended_at bigint,
    ended_why text NOT NULL
);
CREATE INDEX staff_session_by_staff ON staff_session (staff);

-- migration: 0063 registry agreements
CREATE TABLE agreement (
    id {{id}},
    name text NOT NULL UNIQUE,
    title text NOT NULL,
    definition text NOT NULL,       -- the file, as it was activated
    from_ms bigint NOT NULL,
    to_ms bigint NOT NULL,
    review_ms bigint NOT NULL,
    activated_at bigint NOT NULL,
    activated_by text NOT NULL,
    ended_at bigint,
    ended_by text NOT NULL
);
-- What it says, row by row. to_kind 0: to_agency alone; else every agency of that kind.
CREATE TABLE agreement_row (
    id {{id}},
    agreement bigint NOT NULL REFERENCES agreement (id),
    from_agency bigint NOT NULL REFERENCES agency (id),
    to_agency bigint NOT NULL,
    to_kind bigint NOT NULL,
    purpose bigint NOT NULL,
    ceiling bigint NOT NULL
);
CREATE INDEX agreement_row_by_agreement ON agreement_row (agreement);
CREATE INDEX agreement_row_by_agency ON agreement_row (to_agency, purpose);
-- Decisions not to share. purpose 0: none in particular. object '': everything.
CREATE TABLE refusal (
    id {{id}},
    from_agency bigint NOT NULL REFERENCES agency (id),
    to_agency bigint NOT NULL REFERENCES agency (id),
    purpose bigint NOT NULL,
    object text NOT NULL,
    reason bigint NOT NULL REFERENCES reason (id),
    made_at bigint NOT NULL,
    made_by text NOT NULL,
    ended_at bigint,
    ended_by text NOT NULL
);

-- migration: 0064 registry relations
CREATE TABLE relation (
    id {{id}},
    kind bigint NOT NULL,
    staff bigint NOT NULL,          -- 0: a unit's; negative: a demonstration user's
    agency bigint NOT NULL,
    unit text NOT NULL,
    object_kind bigint NOT NULL,
    object text NOT NULL,           -- an id as in lists; '*': all of that kind
    from_ms bigint NOT NULL,
    to_ms bigint NOT NULL,
    made_at bigint NOT NULL,
    made_by text NOT NULL,
    needs_approval bigint NOT NULL, -- 1: not held until approved_by
    approved_by text NOT NULL,
    ended_at bigint,
    ended_by text NOT NULL
);
CREATE INDEX relation_by_object ON relation (object, object_kind);

-- migration: 0065 registry broken glass
CREATE TABLE glass_break (
    id {{id}},
    relation bigint NOT NULL REFERENCES relation (id),
    staff bigint NOT NULL,
    agency bigint NOT NULL,
    made_by text NOT NULL,
    object_kind bigint NOT NULL,
    object text NOT NULL,
    at_ms bigint NOT NULL,
    until_ms bigint NOT NULL,
    review_by_ms bigint NOT NULL,
    reason bigint NOT NULL REFERENCES reason (id)
);
CREATE INDEX glass_break_by_staff ON glass_break (staff);
CREATE TABLE glass_review (
    id {{id}},
    glass bigint NOT NULL REFERENCES glass_break (id),
    decision bigint NOT NULL,
    made_at bigint NOT NULL,
    made_by text NOT NULL,
    agency bigint NOT NULL,
    reason bigint NOT NULL REFERENCES reason (id)
);
CREATE INDEX glass_review_by_glass ON glass_review (glass);
CREATE TABLE glass_told (
    id {{id}},
    glass bigint NOT NULL REFERENCES glass_break (id),
    agency bigint NOT NULL,
    made_at bigint NOT NULL
);
CREATE INDEX glass_told_by_glass ON glass_told (glass);

-- migration: 0066 registry reference lists
CREATE TABLE reference_list (
    id {{id}},
    name text NOT NULL,
    source text NOT NULL,           -- where it comes from, and its licence
    from_ms bigint NOT NULL,
    to_ms bigint NOT NULL,
    made_at bigint NOT NULL,
    made_by text NOT NULL
);
CREATE INDEX reference_list_by_name ON reference_list (name);
CREATE TABLE reference_row (
    list bigint NOT NULL,
    n bigint NOT NULL,
    code text NOT NULL,
    title text NOT NULL,
    PRIMARY KEY (list, n)
) {{clustered}};
