-- Persons: which mention belongs to whom, now and formerly; old ids; human decisions; what clerical review should look at.
-- A person is named by the least mention key of its cluster. No personal data but the reason of a decision, which is sealed.

-- migration: 0300 persons, decisions and clerical review
CREATE TABLE person_mention (
    mention {{id}},
    mention_key bigint NOT NULL,
    person bigint NOT NULL,
    known_from bigint NOT NULL
);
CREATE UNIQUE INDEX person_mention_by_key ON person_mention (mention_key);
CREATE INDEX person_mention_by_person ON person_mention (person);
-- What was believed before: from known_from up to, not with, known_to.
CREATE TABLE person_mention_past (
    id {{id}},
    mention bigint NOT NULL,
    mention_key bigint NOT NULL,
    person bigint NOT NULL,
    known_from bigint NOT NULL,
    known_to bigint NOT NULL
);
CREATE INDEX person_mention_past_by_person ON person_mention_past (person);
-- An id that no cluster has any more, and where its person went; NULL: nobody states that person any more.
CREATE TABLE person_redirect (
    old {{id}},
    present bigint,
    since bigint NOT NULL
);
-- What people decided about two mentions, by key: it outlives re-links and models. Undone, not deleted.
CREATE TABLE person_decision (
    id {{id}},
    kind bigint NOT NULL,
    a bigint NOT NULL,
    b bigint NOT NULL,
    decided_by text NOT NULL,
    decided_at bigint NOT NULL,
    wrapped {{blob}} NOT NULL,
    why {{blob}} NOT NULL,
    undone_by text,
    undone_at bigint
);
-- Pairs for clerical review: mention keys, weight, when they fell apart (NULL: were never one person).
CREATE TABLE person_band (
    a bigint NOT NULL,
    b bigint NOT NULL,
    weight real NOT NULL,
    fell_at bigint,
    PRIMARY KEY (a, b)
);

-- migration: 0301 persons whose keys were destroyed
-- That it was done, by whom and why; the reason is sealed under a key of its own.
CREATE TABLE person_destruction (
    id {{id}},
    person bigint NOT NULL,
    at_ms bigint NOT NULL,
    destroyed_by text NOT NULL,
    n_mentions bigint NOT NULL,
    n_rows bigint NOT NULL,
    wrapped {{blob}} NOT NULL,
    why {{blob}} NOT NULL
);
CREATE INDEX person_destruction_by_person ON person_destruction (person);
