-- Statements of the review room. Keys of cases and persons are 64 bits without sign, kept as bigint.

-- name: review_coding_each
-- reads: none
-- returns: id:int list_version:int stated:int coded:blob
SELECT id, list_version, stated, coded FROM review_coding ORDER BY id

-- name: review_coding_of
-- reads: none
-- params: id:int
-- returns: stated:int coded:blob
SELECT stated, coded FROM review_coding WHERE id = :id

-- name: review_coding_put
-- reads: none
-- params: id:int list_version:int stated:int coded:blob
INSERT INTO review_coding (id, list_version, stated, coded) VALUES (:id, :list_version, :stated, :coded)
ON CONFLICT (id) DO UPDATE SET list_version = excluded.list_version, stated = excluded.stated, coded = excluded.coded

-- name: review_case_people
-- reads: none
-- params: id:int
-- returns: victim:int suspect:int
SELECT victim, suspect FROM review_case WHERE id = :id

-- How much of a case's evidence the grant lets be known, and what that alone says.
-- name: review_evidence_shown
-- reads: none
-- params: case_id:int
-- returns: total:int shown:int agencies:int events:int newest_ms:int
SELECT count(*), count(scope.owner), count(DISTINCT scope.owner), count(DISTINCT CASE WHEN scope.owner IS NOT NULL THEN v.event_key END),
    coalesce(max(CASE WHEN scope.owner IS NOT NULL THEN r.occurred_ms END), 0)
FROM review_evidence v JOIN intake_row r ON r.id = v.row_id JOIN record c ON c.id = r.record JOIN feed f ON f.id = c.feed
    LEFT JOIN scope ON scope.owner = f.agency AND scope.level = c.level AND scope.grade > 0
WHERE v.case_id = :case_id

-- The rules of a case that rest on something that the grant lets be known.
-- name: review_rules_shown
-- reads: none
-- params: case_id:int
-- returns: rule:int
SELECT DISTINCT v.rule FROM review_evidence v CROSS JOIN intake_row r CROSS JOIN record c CROSS JOIN feed f CROSS JOIN scope
WHERE v.case_id = :case_id AND r.id = v.row_id AND c.id = r.record AND f.id = c.feed AND scope.owner = f.agency AND scope.level = c.level AND scope.grade > 0

-- name: review_case_heads
-- reads: none
-- returns: id:int content:int known_from:int victim:int suspect:int rules:int
SELECT id, content, known_from, victim, suspect, rules FROM review_case ORDER BY id

-- name: review_case_insert
-- reads: none
-- params: id:int victim:int suspect:int content:int known_from:int rules:int marks:int newest_ms:int newest_precision:int clock_due_ms:int n_occasions:int n_agencies:int relation:int relation_former:int relation_sources:int
INSERT INTO review_case (id, victim, suspect, content, known_from, rules, marks, newest_ms, newest_precision, clock_due_ms, n_occasions, n_agencies,
    relation, relation_former, relation_sources)
VALUES (:id, :victim, :suspect, :content, :known_from, :rules, :marks, :newest_ms, :newest_precision, :clock_due_ms, :n_occasions, :n_agencies,
    :relation, :relation_former, :relation_sources)

-- name: review_case_delete
-- reads: none
-- params: id:int
DELETE FROM review_case WHERE id = :id

-- name: review_case_past_insert
-- reads: none
-- params: id:int case_id:int victim:int suspect:int rules:int known_from:int known_to:int
INSERT INTO review_case_past (id, case_id, victim, suspect, rules, known_from, known_to)
VALUES (:id, :case_id, :victim, :suspect, :rules, :known_from, :known_to)

-- The two persons that a case of that id was about, most recently.
-- name: review_case_past_of
-- reads: none
-- params: case_id:int
-- returns: victim:int suspect:int
SELECT victim, suspect FROM review_case_past WHERE case_id = :case_id ORDER BY known_to DESC, id DESC LIMIT 1

-- name: review_reason_insert
-- reads: none
-- params: case_id:int rule:int words:text since_ms:int since_precision:int
INSERT INTO review_reason (case_id, rule, words, since_ms, since_precision) VALUES (:case_id, :rule, :words, :since_ms, :since_precision)

-- name: review_reason_delete
-- reads: none
-- params: case_id:int
DELETE FROM review_reason WHERE case_id = :case_id

-- name: review_evidence_insert
-- reads: none
-- params: case_id:int rule:int place:int row_id:int event_key:int feed:int behaviour:int
INSERT INTO review_evidence (case_id, rule, place, row_id, event_key, feed, behaviour) VALUES (:case_id, :rule, :place, :row_id, :event_key, :feed, :behaviour)

-- name: review_evidence_delete
-- reads: none
-- params: case_id:int
DELETE FROM review_evidence WHERE case_id = :case_id

-- name: review_order_insert
-- reads: none
-- params: case_id:int place:int row_id:int order_type:int conditions:int from_ms:int from_precision:int to_ms:int to_precision:int
INSERT INTO review_order (case_id, place, row_id, order_type, conditions, from_ms, from_precision, to_ms, to_precision)
VALUES (:case_id, :place, :row_id, :order_type, :conditions, :from_ms, :from_precision, :to_ms, :to_precision)

-- name: review_order_delete
-- reads: none
-- params: case_id:int
DELETE FROM review_order WHERE case_id = :case_id

-- The queue: a list of keys, not a score (design.md section 7). A case that rests only on records of which nothing may be known is not in it, nor counted; nor, when a rule is asked for, one whose evidence for that rule may not be shown. A clock counts when it runs out within the horizon; bits of marks: 1 breach, 2 custody contact, 4 threat, 8 misrecorded.
-- name: review_queue
-- reads: none
-- params: now:int horizon:int rule_bit:int rule:int most:int skip:int
-- returns: id:int victim:int suspect:int rules:int marks:int newest_ms:int newest_precision:int clock_due_ms:int n_occasions:int n_agencies:int
SELECT id, victim, suspect, rules, marks, newest_ms, newest_precision,
    CASE WHEN clock_due_ms >= :now AND clock_due_ms <= :horizon THEN clock_due_ms END AS due, n_occasions, n_agencies
FROM review_case WHERE (:rule_bit = 0 OR (rules & :rule_bit) <> 0) AND EXISTS (SELECT 1 FROM review_evidence v CROSS JOIN intake_row r CROSS JOIN record c CROSS JOIN feed f CROSS JOIN scope
    WHERE v.case_id = review_case.id AND r.id = v.row_id AND c.id = r.record AND f.id = c.feed AND scope.owner = f.agency AND scope.level = c.level
        AND (:rule_bit = 0 OR (scope.grade > 0 AND v.rule = :rule)))
ORDER BY CASE WHEN clock_due_ms >= :now AND clock_due_ms <= :horizon THEN clock_due_ms ELSE 9000000000000000000 END,
    (marks & 1) DESC, (marks & 2) DESC, (marks & 4) DESC, newest_ms DESC, id
LIMIT :most OFFSET :skip

-- name: review_queue_count
-- reads: none
-- params: rule_bit:int rule:int
-- returns: n:int
SELECT count(*) FROM review_case WHERE (:rule_bit = 0 OR (rules & :rule_bit) <> 0) AND EXISTS (SELECT 1 FROM review_evidence v CROSS JOIN intake_row r CROSS JOIN record c CROSS JOIN feed f CROSS JOIN scope
    WHERE v.case_id = review_case.id AND r.id = v.row_id AND c.id = r.record AND f.id = c.feed AND scope.owner = f.agency AND scope.level = c.level
        AND (:rule_bit = 0 OR (scope.grade > 0 AND v.rule = :rule)))

-- name: review_case_by_id
-- reads: none
-- params: id:int now:int horizon:int
-- returns: id:int victim:int suspect:int rules:int marks:int newest_ms:int newest_precision:int clock_due_ms:int n_occasions:int n_agencies:int relation:int relation_former:int relation_sources:int
SELECT id, victim, suspect, rules, marks, newest_ms, newest_precision,
    CASE WHEN clock_due_ms >= :now AND clock_due_ms <= :horizon THEN clock_due_ms END, n_occasions, n_agencies, relation, relation_former, relation_sources
FROM review_case WHERE id = :id

-- name: review_reasons_of
-- reads: none
-- params: case_id:int
-- returns: rule:int words:text
SELECT rule, words FROM review_reason WHERE case_id = :case_id ORDER BY rule

-- name: review_evidence_of
-- reads: none
-- params: case_id:int
-- returns: rule:int row_id:int event_key:int feed:int behaviour:int
SELECT rule, row_id, event_key, feed, behaviour FROM review_evidence WHERE case_id = :case_id ORDER BY rule, place

-- name: review_orders_of
-- reads: none
-- params: case_id:int
-- returns: row_id:int order_type:int conditions:int from_ms:int from_precision:int to_ms:int to_precision:int
SELECT row_id, order_type, conditions, from_ms, from_precision, to_ms, to_precision FROM review_order WHERE case_id = :case_id ORDER BY place

-- name: review_case_pairs
-- reads: none
-- returns: id:int victim:int suspect:int rules:int marks:int
SELECT id, victim, suspect, rules, marks FROM review_case ORDER BY id

-- ---- closed records (closed.c) ----

-- name: review_past_last
-- reads: none
-- returns: id:int
SELECT coalesce(max(id), 0) FROM review_case_past

-- name: review_forget_codings
-- reads: none
-- params: record:int
DELETE FROM review_coding WHERE id IN (SELECT id FROM intake_row WHERE record = :record)

-- name: review_forget_past
-- reads: none
DELETE FROM review_case_past WHERE victim IN (SELECT mention_key FROM closed_mention) OR suspect IN (SELECT mention_key FROM closed_mention)

-- name: review_forget_past_of
-- reads: none
-- params: person:int after:int
DELETE FROM review_case_past WHERE (victim = :person OR suspect = :person) AND id > :after
