-- What oversight keeps: alerts with their evidence (ledger leaves), who may not see them, and what reviewers decided. No names: keys, leaf numbers and codes; a reviewer's
-- reason is sealed. Keys of accounts and persons are 64 bits without sign, kept as bigint.

-- migration: 0500 oversight alerts
CREATE TABLE oversight_alert (
    id {{id}},
    account bigint NOT NULL,
    subject bigint NOT NULL,        -- person key; 0: several
    month bigint NOT NULL,          -- since January 1970
    other_account bigint NOT NULL,  -- which shares the device; 0: none
    known_from bigint NOT NULL,
    UNIQUE (account, subject, month)
);
CREATE TABLE oversight_evidence (
    alert_id bigint NOT NULL REFERENCES oversight_alert (id),
    rule bigint NOT NULL,           -- 0 is R1
    leaf bigint NOT NULL,           -- of the ledger
    at_ms bigint NOT NULL,
    operation bigint NOT NULL,
    PRIMARY KEY (alert_id, rule, leaf)
) {{clustered}};
CREATE TABLE oversight_barred (
    account bigint NOT NULL,        -- may not see the alert
    alert_id bigint NOT NULL REFERENCES oversight_alert (id),
    PRIMARY KEY (account, alert_id)
) {{clustered}};
CREATE TABLE oversight_decision (
    id {{id}},
    alert_id bigint NOT NULL REFERENCES oversight_alert (id),
    reviewer bigint NOT NULL,
    at_ms bigint NOT NULL,
    outcome bigint NOT NULL,
    n_evidence bigint NOT NULL,     -- what there was to decide on: with more, the alert is open again
    wrapped {{blob}} NOT NULL,
    why {{blob}} NOT NULL           -- sealed
);
CREATE INDEX oversight_decision_by_alert ON oversight_decision (alert_id, id);
CREATE TABLE oversight_reach (
    id {{id}},                      -- 1
    until_ms bigint NOT NULL        -- the rules ran up to here
);
