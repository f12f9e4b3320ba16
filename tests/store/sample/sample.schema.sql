-- A small schema for the store's own tests, beside the whole product's. The words in quotes and comments must come through as they
-- are: 'bigint', {{id}}, :name.

-- migration: 9001 sample things
CREATE TABLE sample_thing (
    id {{id}},
    kind text NOT NULL CHECK (kind <> 'real; :forbidden {{id}} ''bigint'''), -- a :comment; with {{blob}}
    n bigint,
    weight real,
    data {{blob}},
    UNIQUE (kind, n)
);
CREATE TABLE sample_part (
    id {{id}},
    thing_id bigint NOT NULL REFERENCES sample_thing (id) ON DELETE CASCADE,
    name text NOT NULL
);
CREATE INDEX sample_part_by_thing ON sample_part (thing_id);

-- migration: 9002 sample notes
ALTER TABLE sample_thing ADD COLUMN note text;
CREATE TABLE sample_narrow (id {{id}}, a bigint NOT NULL, b bigint NOT NULL, c text NOT NULL);
CREATE TABLE sample_wide (id {{id}}, a bigint NOT NULL, b bigint NOT NULL, sealed {{blob}} NOT NULL);
CREATE INDEX sample_wide_by_a ON sample_wide (a);
CREATE INDEX sample_wide_by_b ON sample_wide (b);
