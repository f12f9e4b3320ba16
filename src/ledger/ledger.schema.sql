-- The ledger's half in the database. A leaf's number is (epoch - 1) * 2^40 + its index in that epoch's tree, so numbers are never given twice.

-- migration: 0050 ledger leaves, their keys, their index, what waits
CREATE TABLE ledger_state (
    id {{id}},                     -- 1: there is one row
    epoch bigint NOT NULL,         -- from 1
    origin text NOT NULL,          -- of epoch 1
    frontier {{blob}} NOT NULL,    -- log.h: size and subtree roots of the present epoch's tree
    segment bigint NOT NULL,       -- how far the journal is taken: all of the segments before this one,
    taken bigint NOT NULL,         -- and this many bytes of it
    turn bigint NOT NULL,          -- 1: the segment holds keys that were destroyed since, and must go
    checkpoint text NOT NULL,      -- the signed note of just this size and root
    mac {{blob}} NOT NULL          -- over all of these, keyed by the vault
);
CREATE TABLE ledger_leaf (
    leaf {{id}},
    entry {{blob}} NOT NULL,       -- the bytes that are hashed: sealed
    wrapped {{blob}}               -- its key; the mark of destruction; NULL: the entry is public (the first of a later epoch)
);
CREATE INDEX ledger_leaf_number ON ledger_leaf (leaf); -- narrow, so that counting a million leaves at each start is quick
CREATE TABLE ledger_subject (
    blind bigint NOT NULL,
    leaf bigint NOT NULL,
    PRIMARY KEY (blind, leaf)
) {{clustered}};
CREATE TABLE ledger_waiting (
    id {{id}},
    item {{blob}} NOT NULL         -- key, subjects, entry: as a frame of the journal
);
CREATE TABLE ledger_epoch (
    epoch {{id}},                  -- one that was closed by a declared restore
    size bigint NOT NULL,          -- how many of its leaves this database still held,
    root {{blob}} NOT NULL,        -- and the root of the tree of these
    checkpoint text NOT NULL,      -- its last signed note, which the next epoch quotes
    mac {{blob}} NOT NULL
);
