-- Statements of the oversight room. Every statement that a reviewer's question runs asks oversight_barred itself.

-- name: oversight_alert_of
-- reads: none
-- params: account:int subject:int month:int
-- returns: id:int
SELECT id FROM oversight_alert WHERE account = :account AND subject = :subject AND month = :month

-- name: oversight_alert_insert
-- reads: none
-- params: id:int account:int subject:int month:int other:int known_from:int
INSERT INTO oversight_alert (id, account, subject, month, other_account, known_from) VALUES (:id, :account, :subject, :month, :other, :known_from)

-- name: oversight_alert_shared
-- reads: none
-- params: id:int other:int
UPDATE oversight_alert SET other_account = :other WHERE id = :id AND other_account = 0

-- name: oversight_evidence_insert
-- reads: none
-- params: alert:int rule:int leaf:int at:int operation:int
INSERT INTO oversight_evidence (alert_id, rule, leaf, at_ms, operation) VALUES (:alert, :rule, :leaf, :at, :operation) ON CONFLICT (alert_id, rule, leaf) DO NOTHING

-- name: oversight_barred_insert
-- reads: none
-- params: account:int alert:int
INSERT INTO oversight_barred (account, alert_id) VALUES (:account, :alert) ON CONFLICT (account, alert_id) DO NOTHING

-- name: oversight_reach
-- reads: none
-- returns: until:int
SELECT until_ms FROM oversight_reach WHERE id = 1

-- name: oversight_reach_put
-- reads: none
-- params: until:int
INSERT INTO oversight_reach (id, until_ms) VALUES (1, :until) ON CONFLICT (id) DO UPDATE SET until_ms = excluded.until_ms

-- name: oversight_list
-- reads: none
-- params: reviewer:int everything:int most:int
-- returns: id:int account:int subject:int month:int first_ms:int last_ms:int n:int outcome:int decided:int
SELECT a.id, a.account, a.subject, a.month, ev.first_ms, ev.last_ms, ev.n, d.outcome, d.n_evidence
FROM oversight_alert a
JOIN (SELECT alert_id, min(at_ms) AS first_ms, max(at_ms) AS last_ms, count(*) AS n FROM oversight_evidence GROUP BY alert_id) ev ON ev.alert_id = a.id
LEFT JOIN oversight_decision d ON d.id = (SELECT max(x.id) FROM oversight_decision x WHERE x.alert_id = a.id)
WHERE NOT EXISTS (SELECT 1 FROM oversight_barred b WHERE b.account = :reviewer AND b.alert_id = a.id) AND (:everything = 1 OR d.id IS NULL OR d.n_evidence < ev.n)
ORDER BY CASE WHEN d.id IS NULL OR d.n_evidence < ev.n THEN 0 ELSE 1 END, ev.last_ms DESC, a.id
LIMIT :most

-- name: oversight_head
-- reads: none
-- params: id:int reviewer:int
-- returns: account:int subject:int month:int other:int
SELECT account, subject, month, other_account FROM oversight_alert a WHERE a.id = :id
AND NOT EXISTS (SELECT 1 FROM oversight_barred b WHERE b.account = :reviewer AND b.alert_id = a.id)

-- name: oversight_evidence_of
-- reads: none
-- params: alert:int
-- returns: rule:int leaf:int at:int operation:int
SELECT rule, leaf, at_ms, operation FROM oversight_evidence WHERE alert_id = :alert ORDER BY rule, leaf

-- name: oversight_rules_of
-- reads: none
-- params: alert:int
-- returns: rule:int
SELECT DISTINCT rule FROM oversight_evidence WHERE alert_id = :alert ORDER BY rule

-- name: oversight_decision_insert
-- reads: none
-- params: id:int alert:int reviewer:int at:int outcome:int n:int wrapped:blob why:blob
INSERT INTO oversight_decision (id, alert_id, reviewer, at_ms, outcome, n_evidence, wrapped, why) VALUES (:id, :alert, :reviewer, :at, :outcome, :n, :wrapped, :why)

-- name: oversight_decisions_of
-- reads: none
-- params: alert:int
-- returns: id:int reviewer:int at:int outcome:int n:int
SELECT id, reviewer, at_ms, outcome, n_evidence FROM oversight_decision WHERE alert_id = :alert ORDER BY id

-- The reason is the hub's own text, of audited level, as a decision on who is who.
-- name: oversight_decision_why
-- reads: narrative
-- params: id:int
-- returns: wrapped:blob why:blob groups:int
SELECT d.wrapped, d.why, scope.groups FROM oversight_decision d JOIN scope ON scope.owner = 0 AND scope.level = 1 WHERE d.id = :id

-- ---- wrapped keys, for a rotation of the seal key ----

-- name: oversight_wrapped_decision_count
-- reads: none
-- returns: n:int
SELECT count(*) FROM oversight_decision

-- name: oversight_wrapped_decision_batch
-- reads: none
-- params: after:int most:int
-- returns: id:int wrapped:blob
SELECT id, wrapped FROM oversight_decision WHERE id > :after ORDER BY id LIMIT :most

-- name: oversight_wrapped_decision_put
-- reads: none
-- params: wrapped:blob id:int
UPDATE oversight_decision SET wrapped = :wrapped WHERE id = :id
