-- The store's own tables: which migrations are applied, and the counters that store_reserve_ids hands ids out from.

-- migration: 0001 store migrations and counters
CREATE TABLE store_migration (
    number bigint NOT NULL PRIMARY KEY,
    title text NOT NULL,
    hash text NOT NULL,
    applied_ms bigint NOT NULL
);
CREATE TABLE store_counter (
    name text NOT NULL PRIMARY KEY,
    next bigint NOT NULL
);
