-- Statements of the people room. Keys of mentions and persons are 64 bits without sign, kept as bigint.

-- name: people_now
-- reads: none
-- returns: mention:int mention_key:int person:int known_from:int
SELECT mention, mention_key, person, known_from FROM person_mention ORDER BY mention

-- name: people_now_insert
-- reads: none
-- params: mention:int mention_key:int person:int known_from:int
INSERT INTO person_mention (mention, mention_key, person, known_from) VALUES (:mention, :mention_key, :person, :known_from)

-- name: people_now_update
-- reads: none
-- params: person:int known_from:int mention:int
UPDATE person_mention SET person = :person, known_from = :known_from WHERE mention = :mention

-- name: people_now_delete
-- reads: none
-- params: mention:int
DELETE FROM person_mention WHERE mention = :mention

-- name: people_past_insert
-- reads: none
-- params: id:int mention:int mention_key:int person:int known_from:int known_to:int
INSERT INTO person_mention_past (id, mention, mention_key, person, known_from, known_to)
VALUES (:id, :mention, :mention_key, :person, :known_from, :known_to)

-- name: people_mentions_of
-- reads: none
-- params: person:int
-- returns: mention:int
SELECT mention FROM person_mention WHERE person = :person ORDER BY mention

-- name: people_mention_count_of
-- reads: none
-- params: person:int
-- returns: n:int
SELECT count(*) FROM person_mention WHERE person = :person

-- name: people_keys_of
-- reads: none
-- params: person:int
-- returns: mention_key:int
SELECT mention_key FROM person_mention WHERE person = :person ORDER BY mention_key

-- name: people_mentions_at
-- reads: none
-- params: person:int at:int
-- returns: mention:int
SELECT mention FROM person_mention WHERE person = :person AND known_from <= :at
UNION
SELECT mention FROM person_mention_past WHERE person = :person AND known_from <= :at AND known_to > :at
ORDER BY mention

-- name: people_of_mention
-- reads: none
-- params: mention:int
-- returns: person:int
SELECT person FROM person_mention WHERE mention = :mention

-- name: people_of_key
-- reads: none
-- params: mention_key:int
-- returns: person:int mention:int
SELECT person, mention FROM person_mention WHERE mention_key = :mention_key

-- name: people_person_of_key
-- reads: none
-- params: mention_key:int
-- returns: person:int
SELECT person FROM person_mention WHERE mention_key = :mention_key

-- name: people_mention_of_key
-- reads: none
-- params: mention_key:int
-- returns: mention:int
SELECT mention FROM person_mention WHERE mention_key = :mention_key

-- name: people_redirect_of
-- reads: none
-- params: old:int
-- returns: present:int
SELECT present FROM person_redirect WHERE old = :old

-- name: people_redirects
-- reads: none
-- returns: old:int
SELECT old FROM person_redirect ORDER BY old

-- name: people_redirect_set
-- reads: none
-- params: old:int present:int since:int
INSERT INTO person_redirect (old, present, since) VALUES (:old, :present, :since)
ON CONFLICT (old) DO UPDATE SET present = excluded.present, since = excluded.since

-- name: people_redirect_delete
-- reads: none
-- params: old:int
DELETE FROM person_redirect WHERE old = :old

-- name: people_decisions
-- reads: none
-- returns: id:int kind:int a:int b:int
SELECT id, kind, a, b FROM person_decision WHERE undone_at IS NULL ORDER BY id

-- A decision that names a mention of a closed record is not there; nor is one that names somebody of whom no more may be known than that an agency holds something.
-- name: people_decision_list
-- reads: narrative
-- returns: id:int kind:int a:int b:int decided_by:text decided_at:int wrapped:blob why:blob undone_by:text undone_at:int groups:int
SELECT d.id, d.kind, d.a, d.b, d.decided_by, d.decided_at, d.wrapped, d.why, d.undone_by, d.undone_at, scope.groups
FROM person_decision d JOIN scope ON scope.owner = 0 AND scope.level = 1
WHERE NOT EXISTS (SELECT 1 FROM closed_mention k WHERE k.mention_key IN (d.a, d.b))
    AND NOT EXISTS (SELECT 1 FROM person_mention p WHERE p.mention_key IN (d.a, d.b)
        AND NOT EXISTS (SELECT 1 FROM person_mention o CROSS JOIN mention m CROSS JOIN record c CROSS JOIN feed f CROSS JOIN scope r
            WHERE o.person = p.person AND m.id = o.mention AND c.id = m.record AND f.id = m.feed AND r.owner = f.agency AND r.level = c.level AND r.grade > 0))
ORDER BY d.id

-- name: people_decision_insert
-- reads: none
-- params: id:int kind:int a:int b:int decided_by:text decided_at:int wrapped:blob why:blob
INSERT INTO person_decision (id, kind, a, b, decided_by, decided_at, wrapped, why)
VALUES (:id, :kind, :a, :b, :decided_by, :decided_at, :wrapped, :why)

-- name: people_decision_undo
-- reads: none
-- params: undone_by:text undone_at:int id:int
UPDATE person_decision SET undone_by = :undone_by, undone_at = :undone_at WHERE id = :id AND undone_at IS NULL AND NOT EXISTS (SELECT 1 FROM closed_mention k WHERE k.mention_key IN (person_decision.a, person_decision.b))

-- name: people_band
-- reads: none
-- returns: a:int b:int weight:real fell_at:int
SELECT a, b, weight, fell_at FROM person_band

-- Of both mentions more may be known than that their agency holds something.
-- name: people_band_head
-- reads: none
-- params: most:int
-- returns: a:int b:int weight:real fell_at:int
SELECT a, b, weight, fell_at FROM person_band
WHERE EXISTS (SELECT 1 FROM person_mention p CROSS JOIN mention m CROSS JOIN record c CROSS JOIN feed f CROSS JOIN scope
        WHERE p.mention_key = person_band.a AND m.id = p.mention AND c.id = m.record AND f.id = m.feed AND scope.owner = f.agency AND scope.level = c.level AND scope.grade > 0)
    AND EXISTS (SELECT 1 FROM person_mention p CROSS JOIN mention m CROSS JOIN record c CROSS JOIN feed f CROSS JOIN scope
        WHERE p.mention_key = person_band.b AND m.id = p.mention AND c.id = m.record AND f.id = m.feed AND scope.owner = f.agency AND scope.level = c.level AND scope.grade > 0)
ORDER BY CASE WHEN fell_at IS NULL THEN 1 ELSE 0 END, weight DESC, a, b LIMIT :most

-- name: people_band_insert
-- reads: none
-- params: a:int b:int weight:real fell_at:int
INSERT INTO person_band (a, b, weight, fell_at) VALUES (:a, :b, :weight, :fell_at)

-- name: people_band_update
-- reads: none
-- params: weight:real fell_at:int a:int b:int
UPDATE person_band SET weight = :weight, fell_at = :fell_at WHERE a = :a AND b = :b

-- name: people_band_delete
-- reads: none
-- params: a:int b:int
DELETE FROM person_band WHERE a = :a AND b = :b

-- ---- destruction ----

-- name: people_membership_of
-- reads: none
-- params: mention:int
-- returns: mention_key:int person:int known_from:int
SELECT mention_key, person, known_from FROM person_mention WHERE mention = :mention

-- name: people_left
-- reads: none
-- params: person:int
-- returns: n:int
SELECT count(*) FROM person_mention WHERE person = :person

-- name: people_decision_destroy
-- reads: none
-- params: mention_key:int nothing:blob
UPDATE person_decision SET wrapped = :nothing, why = :nothing WHERE a = :mention_key OR b = :mention_key

-- name: people_destruction_insert
-- reads: none
-- params: id:int person:int at_ms:int destroyed_by:text n_mentions:int n_rows:int wrapped:blob why:blob
INSERT INTO person_destruction (id, person, at_ms, destroyed_by, n_mentions, n_rows, wrapped, why)
VALUES (:id, :person, :at_ms, :destroyed_by, :n_mentions, :n_rows, :wrapped, :why)

-- name: people_destruction_of
-- reads: none
-- params: person:int
-- returns: at_ms:int
SELECT at_ms FROM person_destruction WHERE person = :person ORDER BY at_ms DESC LIMIT 1

-- name: people_destruction_list
-- reads: none
-- returns: id:int person:int at_ms:int destroyed_by:text n_mentions:int n_rows:int
SELECT id, person, at_ms, destroyed_by, n_mentions, n_rows FROM person_destruction ORDER BY id

-- name: people_destruction_list_why
-- reads: narrative
-- returns: id:int person:int at_ms:int destroyed_by:text n_mentions:int n_rows:int wrapped:blob why:blob groups:int
SELECT d.id, d.person, d.at_ms, d.destroyed_by, d.n_mentions, d.n_rows, d.wrapped, d.why, scope.groups
FROM person_destruction d JOIN scope ON scope.owner = 0 AND scope.level = 1 ORDER BY d.id

-- ---- wrapped keys, for a rotation of the seal key ----

-- name: people_wrapped_person_decision_count
-- reads: none
-- returns: n:int
SELECT count(*) FROM person_decision

-- name: people_wrapped_person_decision_batch
-- reads: none
-- params: after:int most:int
-- returns: id:int wrapped:blob
SELECT id, wrapped FROM person_decision WHERE id > :after ORDER BY id LIMIT :most

-- name: people_wrapped_person_decision_put
-- reads: none
-- params: wrapped:blob id:int
UPDATE person_decision SET wrapped = :wrapped WHERE id = :id

-- name: people_wrapped_person_destruction_count
-- reads: none
-- returns: n:int
SELECT count(*) FROM person_destruction

-- name: people_wrapped_person_destruction_batch
-- reads: none
-- params: after:int most:int
-- returns: id:int wrapped:blob
SELECT id, wrapped FROM person_destruction WHERE id > :after ORDER BY id LIMIT :most

-- name: people_wrapped_person_destruction_put
-- reads: none
-- params: wrapped:blob id:int
UPDATE person_destruction SET wrapped = :wrapped WHERE id = :id

-- ---- closed records (closed.c) ----

-- Whoever a mention of the record is or was, while that is known.
-- name: people_touched
-- reads: none
-- params: record:int
-- returns: person:int
SELECT p.person FROM closed_mention k JOIN person_mention p ON p.mention_key = k.mention_key WHERE k.record = :record
UNION
SELECT p.person FROM person_mention_past p JOIN closed_mention k ON k.mention_key = p.mention_key WHERE k.record = :record

-- name: people_past_last
-- reads: none
-- returns: id:int
SELECT coalesce(max(id), 0) FROM person_mention_past

-- name: people_closed_anchor
-- reads: none
-- params: record:int
UPDATE closed_mention SET anchor = coalesce((
    SELECT min(o.mention_key) FROM person_mention m JOIN person_mention o ON o.person = m.person
    WHERE m.mention_key = closed_mention.mention_key AND NOT EXISTS (SELECT 1 FROM closed_mention k WHERE k.mention_key = o.mention_key)), 0)
WHERE record = :record

-- name: people_closed_of
-- reads: none
-- params: record:int person:int
-- returns: n:int
SELECT count(*) FROM closed_mention k JOIN person_mention p ON p.mention_key = k.anchor WHERE k.record = :record AND p.person = :person

-- name: people_forget_past
-- reads: none
DELETE FROM person_mention_past WHERE mention_key IN (SELECT mention_key FROM closed_mention) OR person IN (SELECT mention_key FROM closed_mention)

-- name: people_forget_past_of
-- reads: none
-- params: person:int after:int
DELETE FROM person_mention_past WHERE person = :person AND id > :after

-- name: people_forget_redirects
-- reads: none
DELETE FROM person_redirect WHERE old IN (SELECT mention_key FROM closed_mention) OR present IN (SELECT mention_key FROM closed_mention)

-- name: people_forget_redirects_of
-- reads: none
-- params: person:int
DELETE FROM person_redirect WHERE present = :person

-- name: people_forget_fell
-- reads: none
-- params: mention_key:int
UPDATE person_band SET fell_at = NULL WHERE fell_at IS NOT NULL AND (a = :mention_key OR b = :mention_key)
