-- ---- feeds and deliveries ----

-- name: intake_feed_insert
-- reads: none
-- params: id:int name:text title:text agency:int controller:text regime:int purpose:text marking:text full_delivery:int definition:text
INSERT INTO feed (id, name, title, agency, controller, regime, purpose, marking, full_delivery, full_at, definition)
VALUES (:id, :name, :title, :agency, :controller, :regime, :purpose, :marking, :full_delivery, -9223372036854775807, :definition)

-- name: intake_feed_update
-- reads: none
-- params: id:int title:text agency:int controller:text regime:int purpose:text marking:text full_delivery:int definition:text
UPDATE feed SET title = :title, agency = :agency, controller = :controller, regime = :regime, purpose = :purpose, marking = :marking,
    full_delivery = :full_delivery, definition = :definition
WHERE id = :id

-- name: intake_feed_find
-- reads: none
-- params: name:text
-- returns: id:int full_at:int
SELECT id, full_at FROM feed WHERE name = :name

-- name: intake_feed_definition
-- reads: none
-- params: name:text
-- returns: definition:text
SELECT definition FROM feed WHERE name = :name

-- name: intake_feed_full
-- reads: none
-- params: id:int full_at:int
UPDATE feed SET full_at = :full_at WHERE id = :id

-- name: intake_feed_each
-- reads: none
-- returns: id:int name:text title:text agency:text kind:int n_read:int n_stored:int n_unchanged:int n_quarantined:int last_ms:int waiting:int
SELECT f.id, f.name, f.title, a.name, a.kind,
    CAST(coalesce(sum(d.n_read), 0) AS bigint) - (SELECT count(*) FROM record c JOIN intake_row r ON r.record = c.id WHERE c.feed = f.id AND c.level = 4),
    CAST(coalesce(sum(d.n_stored), 0) AS bigint) - (SELECT count(*) FROM record c JOIN intake_row r ON r.record = c.id WHERE c.feed = f.id AND c.level = 4),
    CAST(coalesce(sum(d.n_unchanged), 0) AS bigint), CAST(coalesce(sum(d.n_quarantined), 0) AS bigint),
    CAST(coalesce(max(d.started_ms), 0) AS bigint),
    (SELECT count(*) FROM quarantine q WHERE q.feed = f.id AND q.replayed = 0 AND NOT EXISTS (SELECT 1 FROM record c WHERE c.ident = q.record AND c.level = 4))
FROM feed f JOIN agency a ON a.id = f.agency LEFT JOIN delivery d ON d.feed = f.id
GROUP BY f.id, f.name, f.title, a.name, a.kind ORDER BY f.id

-- name: intake_delivery_insert
-- reads: none
-- params: id:int feed:int started_ms:int
INSERT INTO delivery (id, feed, started_ms, ended_ms, n_read, n_stored, n_unchanged, n_quarantined)
VALUES (:id, :feed, :started_ms, NULL, 0, 0, 0, 0)

-- name: intake_delivery_count
-- reads: none
-- params: id:int n_read:int n_stored:int n_unchanged:int n_quarantined:int
UPDATE delivery SET n_read = n_read + :n_read, n_stored = n_stored + :n_stored, n_unchanged = n_unchanged + :n_unchanged,
    n_quarantined = n_quarantined + :n_quarantined
WHERE id = :id

-- name: intake_delivery_end
-- reads: none
-- params: id:int ended_ms:int
UPDATE delivery SET ended_ms = :ended_ms WHERE id = :id

-- name: intake_layout_find
-- reads: none
-- params: names:text
-- returns: id:int
SELECT id FROM row_layout WHERE names = :names

-- name: intake_layout_insert
-- reads: none
-- params: id:int names:text
INSERT INTO row_layout (id, names) VALUES (:id, :names)

-- name: intake_layout_names
-- reads: none
-- params: id:int
-- returns: names:text
SELECT names FROM row_layout WHERE id = :id

-- name: intake_occurrence_find
-- reads: none
-- params: delivery:int content:blob
-- returns: n:int
SELECT n FROM occurrence WHERE delivery = :delivery AND content = :content

-- name: intake_occurrence_put
-- reads: none
-- params: delivery:int content:blob n:int
INSERT INTO occurrence (delivery, content, n) VALUES (:delivery, :content, :n)
ON CONFLICT (delivery, content) DO UPDATE SET n = :n

-- name: intake_occurrence_clear
-- reads: none
DELETE FROM occurrence

-- ---- records and rows ----

-- name: intake_record_find
-- reads: none
-- params: ident:blob
-- returns: id:int newest_at:int level:int
SELECT id, newest_at, level FROM record WHERE ident = :ident

-- name: intake_record_insert
-- reads: none
-- params: id:int feed:int ident:blob newest_at:int
INSERT INTO record (id, feed, ident, newest_at) VALUES (:id, :feed, :ident, :newest_at)

-- name: intake_record_newest
-- reads: none
-- params: id:int newest_at:int
UPDATE record SET newest_at = :newest_at WHERE id = :id

-- name: intake_row_versions
-- reads: none
-- params: record:int
-- returns: id:int row_key:int version_at:int content:int is_current:int
SELECT id, row_key, version_at, content, is_current FROM intake_row WHERE record = :record

-- name: intake_row_insert
-- reads: none
-- params: id:int record:int row_key:int version_at:int content:int delivery:int known_from:int is_current:int event_key:int kind:int agency_kind:int assertion:int flags:int occurred_ms:int occurred_to_ms:int recorded_ms:int from_ms:int to_ms:int precisions:int order_type:int conditions:int place:int incident:int has_narrative:int
INSERT INTO intake_row (id, record, row_key, version_at, content, delivery, known_from, is_current, event_key, kind, agency_kind, assertion, flags,
    occurred_ms, occurred_to_ms, recorded_ms, from_ms, to_ms, precisions, order_type, conditions, place, incident, has_narrative)
VALUES (:id, :record, :row_key, :version_at, :content, :delivery, :known_from, :is_current, :event_key, :kind, :agency_kind, :assertion, :flags,
    :occurred_ms, :occurred_to_ms, :recorded_ms, :from_ms, :to_ms, :precisions, :order_type, :conditions, :place, :incident, :has_narrative)

-- name: intake_row_current
-- reads: none
-- params: id:int is_current:int
UPDATE intake_row SET is_current = :is_current WHERE id = :id

-- name: intake_mention_current
-- reads: none
-- params: first:int last:int is_current:int
UPDATE mention SET is_current = :is_current WHERE id BETWEEN :first AND :last AND length(wrapped) > 0

-- name: intake_row_withdraw
-- reads: none
-- params: feed:int full_at:int
UPDATE intake_row SET is_current = 0
WHERE is_current = 1 AND record IN (SELECT id FROM record WHERE feed = :feed AND newest_at < :full_at)

-- name: intake_mention_withdraw
-- reads: none
-- params: feed:int full_at:int
UPDATE mention SET is_current = 0
WHERE is_current = 1 AND record IN (SELECT id FROM record WHERE feed = :feed AND newest_at < :full_at)

-- name: intake_text_insert
-- reads: none
-- params: id:int layout:int wrapped:blob sealed:blob
INSERT INTO row_text (id, layout, wrapped, sealed) VALUES (:id, :layout, :wrapped, :sealed)

-- name: intake_mention_insert
-- reads: none
-- params: id:int record:int feed:int mention_key:int role:int has_identifier:int is_current:int wrapped:blob sealed:blob
INSERT INTO mention (id, record, feed, mention_key, role, has_identifier, is_current, wrapped, sealed)
VALUES (:id, :record, :feed, :mention_key, :role, :has_identifier, :is_current, :wrapped, :sealed)

-- name: intake_find_insert
-- reads: none
-- params: value:int mention:int
INSERT INTO mention_find (value, mention) VALUES (:value, :mention)

-- name: intake_relation_insert
-- reads: none
-- params: record:int row_id:int of_slot:int to_slot:int to_role:int relation:int
INSERT INTO relation_stated (record, row_id, of_slot, to_slot, to_role, relation)
VALUES (:record, :row_id, :of_slot, :to_slot, :to_role, :relation)
ON CONFLICT (record, row_id, of_slot, to_slot, to_role, relation) DO NOTHING

-- ---- quarantine ----

-- name: intake_quarantine_insert
-- reads: none
-- params: id:int feed:int delivery:int ident:blob first_line:int last_line:int reason:text at_ms:int layout:int wrapped:blob sealed:blob record:blob
INSERT INTO quarantine (id, feed, delivery, ident, first_line, last_line, reason, at_ms, replayed, layout, wrapped, sealed, record)
VALUES (:id, :feed, :delivery, :ident, :first_line, :last_line, :reason, :at_ms, 0, :layout, :wrapped, :sealed, :record)
ON CONFLICT (ident) DO NOTHING

-- A row of a closed record is not there.
-- name: intake_quarantine_each
-- reads: none
-- returns: id:int feed:text delivery:int first_line:int last_line:int reason:text at_ms:int replayed:int
SELECT q.id, f.name, q.delivery, q.first_line, q.last_line, q.reason, q.at_ms, q.replayed
FROM quarantine q JOIN feed f ON f.id = q.feed WHERE NOT EXISTS (SELECT 1 FROM record c WHERE c.ident = q.record AND c.level = 4) ORDER BY q.id

-- name: intake_quarantine_text
-- reads: record
-- params: id:int
-- returns: layout:int wrapped:blob sealed:blob feed:text groups:int
SELECT q.layout, q.wrapped, q.sealed, f.name, scope.groups
FROM quarantine q JOIN feed f ON f.id = q.feed JOIN scope ON scope.owner = f.agency AND scope.level = 1
WHERE q.id = :id AND NOT EXISTS (SELECT 1 FROM record c WHERE c.ident = q.record AND c.level = 4)

-- name: intake_quarantine_waiting
-- reads: none
-- params: feed:text after:int
-- returns: id:int
SELECT q.id FROM quarantine q JOIN feed f ON f.id = q.feed
WHERE f.name = :feed AND q.replayed = 0 AND q.id > :after AND NOT EXISTS (SELECT 1 FROM record c WHERE c.ident = q.record AND c.level = 4) ORDER BY q.id LIMIT 1000

-- name: intake_quarantine_replayed
-- reads: none
-- params: id:int
UPDATE quarantine SET replayed = 1 WHERE id = :id

-- ---- scans ----

-- name: intake_mention_each
-- reads: names birth contacts identifiers
-- returns: id:int record:int feed:int mention_key:int role:int has_identifier:int wrapped:blob sealed:blob grade:int groups:int watch:int
SELECT m.id, m.record, m.feed, m.mention_key, m.role, m.has_identifier, m.wrapped, m.sealed, scope.grade, scope.groups, scope.watch
FROM mention m CROSS JOIN record c CROSS JOIN feed f CROSS JOIN scope
WHERE m.is_current = 1 AND c.id = m.record AND f.id = m.feed AND scope.owner = f.agency AND scope.level = c.level ORDER BY m.mention_key

-- name: intake_mention_by_id
-- reads: names birth contacts identifiers
-- params: id:int
-- returns: id:int record:int feed:int mention_key:int role:int has_identifier:int wrapped:blob sealed:blob grade:int groups:int watch:int
SELECT m.id, m.record, m.feed, m.mention_key, m.role, m.has_identifier, m.wrapped, m.sealed, scope.grade, scope.groups, scope.watch
FROM mention m CROSS JOIN record c CROSS JOIN feed f CROSS JOIN scope
WHERE m.id = :id AND c.id = m.record AND f.id = m.feed AND scope.owner = f.agency AND scope.level = c.level

-- name: intake_mention_by_key
-- reads: none
-- params: mention_key:int
-- returns: id:int
SELECT id FROM mention WHERE is_current = 1 AND mention_key = :mention_key

-- name: intake_mention_heads
-- reads: none
-- returns: record:int mention_key:int id:int role:int has_identifier:int
SELECT record, mention_key, id, role, has_identifier FROM mention WHERE is_current = 1 ORDER BY record, mention_key

-- The current rows of which more may be known than that their agency holds something.
-- name: intake_rows_shown
-- reads: none
-- returns: id:int
SELECT r.id FROM intake_row r CROSS JOIN record c CROSS JOIN feed f CROSS JOIN scope
WHERE r.is_current = 1 AND c.id = r.record AND f.id = c.feed AND scope.owner = f.agency AND scope.level = c.level AND scope.grade > 0 ORDER BY r.id

-- name: intake_event_each
-- reads: none
-- returns: id:int record:int feed:int event_key:int agency_kind:int kind:int assertion:int flags:int occurred_ms:int occurred_to_ms:int recorded_ms:int from_ms:int to_ms:int precisions:int order_type:int conditions:int place:int incident:int
SELECT r.id, r.record, c.feed, r.event_key, r.agency_kind, r.kind, r.assertion, r.flags, r.occurred_ms, r.occurred_to_ms, r.recorded_ms, r.from_ms,
    r.to_ms, r.precisions, r.order_type, r.conditions, r.place, r.incident
FROM intake_row r JOIN record c ON c.id = r.record WHERE r.is_current = 1
ORDER BY r.record, r.event_key, r.has_narrative DESC, r.row_key

-- name: intake_record_of_mention
-- reads: none
-- params: mention:int
-- returns: record:int
SELECT record FROM mention WHERE id = :mention

-- A record's mentions are found through its rows: a mention's id is its row's times 64 and the slot. CROSS JOIN, so that SQLite does not walk all mentions in the order that is asked for.
-- name: intake_mention_heads_of
-- reads: none
-- params: record:int
-- returns: record:int mention_key:int id:int role:int has_identifier:int
SELECT m.record, m.mention_key, m.id, m.role, m.has_identifier
FROM intake_row r CROSS JOIN mention m
WHERE r.record = :record AND m.id >= r.id * 64 AND m.id < r.id * 64 + 64 AND m.is_current = 1 ORDER BY m.mention_key

-- name: intake_event_of
-- reads: none
-- params: record:int
-- returns: id:int record:int feed:int event_key:int agency_kind:int kind:int assertion:int flags:int occurred_ms:int occurred_to_ms:int recorded_ms:int from_ms:int to_ms:int precisions:int order_type:int conditions:int place:int incident:int
SELECT r.id, r.record, c.feed, r.event_key, r.agency_kind, r.kind, r.assertion, r.flags, r.occurred_ms, r.occurred_to_ms, r.recorded_ms, r.from_ms,
    r.to_ms, r.precisions, r.order_type, r.conditions, r.place, r.incident
FROM intake_row r JOIN record c ON c.id = r.record WHERE r.record = :record AND r.is_current = 1
ORDER BY r.event_key, r.has_narrative DESC, r.row_key

-- name: intake_relation_each
-- reads: none
-- returns: row_id:int record:int of_slot:int to_slot:int to_role:int relation:int
SELECT s.row_id, s.record, s.of_slot, s.to_slot, s.to_role, s.relation
FROM relation_stated s JOIN intake_row r ON r.id = s.row_id WHERE r.is_current = 1
ORDER BY s.record, s.row_id, s.of_slot, s.to_slot, s.to_role, s.relation

-- name: intake_find_each
-- reads: none
-- params: value:int
-- returns: mention:int
SELECT f.mention FROM mention_find f JOIN mention m ON m.id = f.mention WHERE f.value = :value AND m.is_current = 1 ORDER BY f.mention

-- name: intake_text_by_id
-- reads: record narrative
-- params: id:int
-- returns: layout:int wrapped:blob sealed:blob feed:text agency:text marking:text grade:int groups:int watch:int
SELECT t.layout, t.wrapped, t.sealed, f.name, a.name, f.marking, scope.grade, scope.groups, scope.watch
FROM row_text t JOIN intake_row r ON r.id = t.id JOIN record c ON c.id = r.record JOIN feed f ON f.id = c.feed JOIN agency a ON a.id = f.agency
    JOIN scope ON scope.owner = f.agency AND scope.level = c.level
WHERE t.id = :id

-- name: intake_text_each
-- reads: record narrative
-- returns: id:int layout:int wrapped:blob sealed:blob groups:int
SELECT t.id, t.layout, t.wrapped, t.sealed, scope.groups
FROM intake_row r CROSS JOIN row_text t CROSS JOIN record c CROSS JOIN feed f CROSS JOIN scope
WHERE r.is_current = 1 AND length(t.wrapped) > 0 AND t.id = r.id AND c.id = r.record AND f.id = c.feed AND scope.owner = f.agency AND scope.level = c.level ORDER BY r.id

-- ---- destruction ----

-- All versions of a mention, found through its record's rows. CROSS JOIN as in intake_mention_heads_of.
-- name: intake_destroy_versions
-- reads: none
-- params: mention:int
-- returns: id:int mention_key:int content:int
SELECT m.id, m.mention_key, r.content
FROM mention asked CROSS JOIN intake_row r CROSS JOIN mention m
WHERE asked.id = :mention AND r.record = asked.record AND m.id >= r.id * 64 AND m.id < r.id * 64 + 64 AND m.mention_key = asked.mention_key
    AND length(m.wrapped) > 0
ORDER BY m.id

-- name: intake_destroy_each
-- reads: none
-- returns: id:int mention_key:int content:int
SELECT m.id, m.mention_key, r.content FROM mention m JOIN intake_row r ON r.id = m.id / 64 WHERE length(m.wrapped) > 0 ORDER BY m.id

-- name: intake_destroy_mention
-- reads: none
-- params: id:int nothing:blob
UPDATE mention SET wrapped = :nothing, sealed = :nothing, is_current = 0, has_identifier = 0 WHERE id = :id

-- name: intake_destroy_note
-- reads: none
-- params: mention:int mention_key:int content:int at_ms:int
INSERT INTO mention_destroyed (mention, mention_key, content, at_ms) VALUES (:mention, :mention_key, :content, :at_ms)

-- name: intake_destroy_finds
-- reads: none
DELETE FROM mention_find WHERE mention IN (SELECT mention FROM mention_destroyed)

-- The row's own text, when nobody else is described in the row.
-- name: intake_destroy_text
-- reads: none
-- params: id:int nothing:blob
UPDATE row_text SET wrapped = :nothing, sealed = :nothing
WHERE id = :id AND length(wrapped) > 0
    AND NOT EXISTS (SELECT 1 FROM mention m WHERE m.id >= :id * 64 AND m.id < :id * 64 + 64 AND length(m.wrapped) > 0)

-- Another row of the event, if there is one, speaks for it then.
-- name: intake_destroy_row
-- reads: none
-- params: id:int
UPDATE intake_row SET has_narrative = -1 WHERE id = :id

-- ---- wrapped keys, for a rotation of the seal key ----

-- name: intake_wrapped_mention_count
-- reads: none
-- returns: n:int
SELECT count(*) FROM mention

-- name: intake_wrapped_mention_batch
-- reads: none
-- params: after:int most:int
-- returns: id:int wrapped:blob
SELECT id, wrapped FROM mention WHERE id > :after ORDER BY id LIMIT :most

-- name: intake_wrapped_mention_put
-- reads: none
-- params: wrapped:blob id:int
UPDATE mention SET wrapped = :wrapped WHERE id = :id

-- name: intake_wrapped_row_text_count
-- reads: none
-- returns: n:int
SELECT count(*) FROM row_text

-- name: intake_wrapped_row_text_batch
-- reads: none
-- params: after:int most:int
-- returns: id:int wrapped:blob
SELECT id, wrapped FROM row_text WHERE id > :after ORDER BY id LIMIT :most

-- name: intake_wrapped_row_text_put
-- reads: none
-- params: wrapped:blob id:int
UPDATE row_text SET wrapped = :wrapped WHERE id = :id

-- name: intake_wrapped_quarantine_count
-- reads: none
-- returns: n:int
SELECT count(*) FROM quarantine

-- name: intake_wrapped_quarantine_batch
-- reads: none
-- params: after:int most:int
-- returns: id:int wrapped:blob
SELECT id, wrapped FROM quarantine WHERE id > :after ORDER BY id LIMIT :most

-- name: intake_wrapped_quarantine_put
-- reads: none
-- params: wrapped:blob id:int
UPDATE quarantine SET wrapped = :wrapped WHERE id = :id

-- name: intake_mention_agency
-- reads: none
-- params: id:int
-- returns: agency:int
SELECT f.agency FROM mention m JOIN feed f ON f.id = m.feed WHERE m.id = :id

-- ---- one record by its name, levels, closing ----

-- name: intake_record_named
-- reads: none
-- params: ident:blob
-- returns: id:int level:int agency:int full_delivery:int full_at:int
SELECT c.id, c.level, f.agency, f.full_delivery, f.full_at FROM record c JOIN feed f ON f.id = c.feed WHERE c.ident = :ident

-- name: intake_record_level_set
-- reads: none
-- params: record:int level:int
UPDATE record SET level = :level WHERE id = :record

-- name: intake_audited
-- reads: none
-- returns: mention_key:int
SELECT m.mention_key FROM record c JOIN mention m ON m.record = c.id WHERE c.level = 2 AND m.is_current = 1

-- name: intake_closed_rows
-- reads: none
-- params: record:int
UPDATE intake_row SET is_current = 0 WHERE record = :record AND is_current = 1

-- name: intake_closed_mentions
-- reads: none
-- params: record:int
UPDATE mention SET is_current = 0 WHERE record = :record AND is_current = 1

-- name: intake_closed_add
-- reads: none
-- params: record:int
INSERT INTO closed_mention (mention_key, record, anchor)
SELECT DISTINCT m.mention_key, r.record, 0 FROM intake_row r JOIN mention m ON m.id >= r.id * 64 AND m.id < r.id * 64 + 64 WHERE r.record = :record
ON CONFLICT (mention_key) DO NOTHING

-- name: intake_closed_remove
-- reads: none
-- params: record:int
DELETE FROM closed_mention WHERE record = :record

-- name: intake_closed_find
-- reads: none
-- params: mention_key:int
-- returns: record:int
SELECT record FROM closed_mention WHERE mention_key = :mention_key

-- name: intake_record_keys
-- reads: none
-- params: record:int
-- returns: mention_key:int
SELECT DISTINCT m.mention_key FROM intake_row r CROSS JOIN mention m WHERE r.record = :record AND m.id >= r.id * 64 AND m.id < r.id * 64 + 64 ORDER BY m.mention_key

-- name: intake_record_has_value
-- reads: none
-- params: value:int record:int
-- returns: n:int
SELECT count(*) FROM mention_find f JOIN mention m ON m.id = f.mention WHERE f.value = :value AND m.record = :record

-- name: intake_mentions_of_row
-- reads: none
-- params: first:int last:int
-- returns: id:int
SELECT id FROM mention WHERE id BETWEEN :first AND :last AND length(wrapped) > 0 ORDER BY id

-- name: intake_event_of_row
-- reads: none
-- params: id:int
-- returns: id:int record:int feed:int event_key:int agency_kind:int kind:int assertion:int flags:int occurred_ms:int occurred_to_ms:int recorded_ms:int from_ms:int to_ms:int precisions:int order_type:int conditions:int place:int incident:int
SELECT r.id, r.record, c.feed, r.event_key, r.agency_kind, r.kind, r.assertion, r.flags, r.occurred_ms, r.occurred_to_ms, r.recorded_ms, r.from_ms,
    r.to_ms, r.precisions, r.order_type, r.conditions, r.place, r.incident
FROM intake_row r JOIN record c ON c.id = r.record WHERE r.id = :id

-- name: intake_approval_insert
-- reads: none
-- params: relation:int approver:text at_ms:int
INSERT INTO closed_approval (relation, approver, at_ms) VALUES (:relation, :approver, :at_ms) ON CONFLICT (relation, approver) DO NOTHING

-- name: intake_approval_count
-- reads: none
-- params: relation:int
-- returns: n:int
SELECT count(*) FROM closed_approval WHERE relation = :relation
