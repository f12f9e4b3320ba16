-- What review keeps: behaviours coded on rows, cases with their reasons and evidence, and the orders between the two people. No personal data: ids, keys, codes and times.

-- migration: 0400 review codings and cases
CREATE TABLE review_coding (
    id {{id}},                      -- the row's
    list_version bigint NOT NULL,   -- of the phrase list that coded it
    stated bigint NOT NULL,         -- occasions that the text speaks of
    coded {{blob}} NOT NULL         -- struct coded, four bytes each
);
CREATE TABLE review_case (
    id {{id}},                      -- key by rule from the two anchors
    victim bigint NOT NULL,         -- person key: the anchor mention's
    suspect bigint NOT NULL,        -- 0: not known
    content bigint NOT NULL,        -- hash of everything below and of reasons, evidence and orders: equal means unchanged
    known_from bigint NOT NULL,
    rules bigint NOT NULL,          -- bits of rule indexes
    marks bigint NOT NULL,          -- bits: breach, custody contact, threat, misrecorded; danger to staff, weapon, violence
    newest_ms bigint NOT NULL,
    newest_precision bigint NOT NULL,
    clock_due_ms bigint,            -- summary time limit: six months after the last act
    n_occasions bigint NOT NULL,
    n_agencies bigint NOT NULL,
    relation bigint NOT NULL,
    relation_former bigint NOT NULL,
    relation_sources bigint NOT NULL
);
CREATE TABLE review_reason (
    case_id bigint NOT NULL,
    rule bigint NOT NULL,
    words text NOT NULL,
    since_ms bigint NOT NULL,
    since_precision bigint NOT NULL,
    PRIMARY KEY (case_id, rule)
);
CREATE TABLE review_evidence (
    case_id bigint NOT NULL,
    rule bigint NOT NULL,
    place bigint NOT NULL,          -- 0.. in order of time
    row_id bigint NOT NULL,
    event_key bigint NOT NULL,
    feed bigint NOT NULL,
    behaviour bigint NOT NULL,
    PRIMARY KEY (case_id, rule, place)
);
CREATE TABLE review_order (
    case_id bigint NOT NULL,
    place bigint NOT NULL,
    row_id bigint NOT NULL,
    order_type bigint NOT NULL,
    conditions bigint NOT NULL,
    from_ms bigint NOT NULL,
    from_precision bigint NOT NULL,
    to_ms bigint NOT NULL,
    to_precision bigint NOT NULL,
    PRIMARY KEY (case_id, place)
);
-- Cases that are no longer raised, and when they were.
CREATE TABLE review_case_past (
    id {{id}},
    case_id bigint NOT NULL,
    victim bigint NOT NULL,
    suspect bigint NOT NULL,
    rules bigint NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL
);
