-- Statements of the registry. What is sealed here (names, secrets and reasons of staff) is nobody's whom the hub is about, so no statement reads a personal group.

-- ---- agencies ----

-- name: registry_agency_id
-- reads: none
-- params: name:text
-- returns: id:int
SELECT id FROM agency WHERE name = :name

-- name: registry_agency_insert
-- reads: none
-- params: id:int name:text kind:int made_at:int
INSERT INTO agency (id, name, kind, contact, made_at) VALUES (:id, :name, :kind, '', :made_at)

-- name: registry_agency_kind
-- reads: none
-- params: id:int kind:int
UPDATE agency SET kind = :kind WHERE id = :id AND kind <> :kind

-- name: registry_agencies
-- reads: none
-- returns: id:int name:text kind:int contact:text ended_at:int
SELECT id, name, kind, contact, ended_at FROM agency ORDER BY id

-- name: registry_agency_contact
-- reads: none
-- params: id:int contact:text
UPDATE agency SET contact = :contact WHERE id = :id

-- name: registry_agency_end
-- reads: none
-- params: id:int now:int
UPDATE agency SET ended_at = :now WHERE id = :id AND ended_at IS NULL

-- ---- users ----

-- Whether there is one: asked at every request.
-- name: registry_user_any
-- reads: none
-- returns: n:int
SELECT count(*) FROM (SELECT id FROM staff LIMIT 1) one

-- name: registry_user_id
-- reads: none
-- params: name:text
-- returns: id:int
SELECT id FROM staff WHERE name = :name

-- name: registry_user_find
-- reads: none
-- params: name:text
-- returns: id:int name:text agency:int agency_name:text unit:text standing:int from_ms:int to_ms:int line_manager:int has_password:int has_totp:int agency_ended_at:int
SELECT s.id, s.name, s.agency, a.name, s.unit, s.standing, s.from_ms, s.to_ms, s.line_manager,
  CAST(CASE WHEN s.password IS NULL THEN 0 ELSE 1 END AS bigint), CAST(CASE WHEN s.totp_secret IS NULL THEN 0 ELSE 1 END AS bigint), a.ended_at
FROM staff s JOIN agency a ON a.id = s.agency WHERE s.name = :name

-- name: registry_user_each
-- reads: none
-- returns: id:int name:text agency:int agency_name:text unit:text standing:int from_ms:int to_ms:int line_manager:int has_password:int has_totp:int agency_ended_at:int
SELECT s.id, s.name, s.agency, a.name, s.unit, s.standing, s.from_ms, s.to_ms, s.line_manager,
  CAST(CASE WHEN s.password IS NULL THEN 0 ELSE 1 END AS bigint), CAST(CASE WHEN s.totp_secret IS NULL THEN 0 ELSE 1 END AS bigint), a.ended_at
FROM staff s JOIN agency a ON a.id = s.agency ORDER BY s.name

-- name: registry_user_insert
-- reads: none
-- params: id:int name:text agency:int unit:text standing:int from_ms:int to_ms:int line_manager:int made_at:int made_by:text wrapped:blob shown_name:blob
INSERT INTO staff (id, name, agency, unit, standing, from_ms, to_ms, line_manager, made_at, made_by, wrapped, shown_name, totp_step, failures, failed_at)
VALUES (:id, :name, :agency, :unit, :standing, :from_ms, :to_ms, :line_manager, :made_at, :made_by, :wrapped, :shown_name, -1, 0, 0)

-- name: registry_user_shown
-- reads: none
-- params: id:int
-- returns: wrapped:blob shown_name:blob
SELECT wrapped, shown_name FROM staff WHERE id = :id

-- name: registry_user_standing
-- reads: none
-- params: id:int standing:int
UPDATE staff SET standing = :standing WHERE id = :id

-- name: registry_role_each
-- reads: none
-- params: staff:int now:int
-- returns: role:int
SELECT DISTINCT role FROM staff_role WHERE staff = :staff AND from_ms <= :now AND to_ms > :now

-- name: registry_role_insert
-- reads: none
-- params: id:int staff:int role:int from_ms:int to_ms:int made_by:text
INSERT INTO staff_role (id, staff, role, from_ms, to_ms, made_by, ended_by) VALUES (:id, :staff, :role, :from_ms, :to_ms, :made_by, '')

-- name: registry_role_end
-- reads: none
-- params: staff:int role:int now:int ended_by:text
UPDATE staff_role SET to_ms = :now, ended_by = :ended_by WHERE staff = :staff AND role = :role AND to_ms > :now

-- name: registry_administrators
-- reads: none
-- params: role:int standing:int now:int but:int
-- returns: n:int
SELECT count(DISTINCT s.id) FROM staff s JOIN staff_role r ON r.staff = s.id JOIN agency a ON a.id = s.agency
WHERE r.role = :role AND r.from_ms <= :now AND r.to_ms > :now AND s.standing = :standing AND s.to_ms > :now AND a.ended_at IS NULL AND s.id <> :but

-- ---- reasons ----

-- name: registry_reason_insert
-- reads: none
-- params: id:int wrapped:blob words:blob
INSERT INTO reason (id, wrapped, words) VALUES (:id, :wrapped, :words)

-- name: registry_reason
-- reads: none
-- params: id:int
-- returns: wrapped:blob words:blob
SELECT wrapped, words FROM reason WHERE id = :id

-- ---- wrapped keys, for a rotation of the seal key ----

-- name: registry_wrapped_staff_count
-- reads: none
-- returns: n:int
SELECT count(*) FROM staff

-- name: registry_wrapped_staff_batch
-- reads: none
-- params: after:int most:int
-- returns: id:int wrapped:blob
SELECT id, wrapped FROM staff WHERE id > :after ORDER BY id LIMIT :most

-- name: registry_wrapped_staff_put
-- reads: none
-- params: wrapped:blob id:int
UPDATE staff SET wrapped = :wrapped WHERE id = :id

-- name: registry_wrapped_reason_count
-- reads: none
-- returns: n:int
SELECT count(*) FROM reason

-- name: registry_wrapped_reason_batch
-- reads: none
-- params: after:int most:int
-- returns: id:int wrapped:blob
SELECT id, wrapped FROM reason WHERE id > :after ORDER BY id LIMIT :most

-- name: registry_wrapped_reason_put
-- reads: none
-- params: wrapped:blob id:int
UPDATE reason SET wrapped = :wrapped WHERE id = :id

-- ---- staff facts ----

-- name: registry_fact_find
-- reads: none
-- params: staff:int whose:int kind:text value:int
-- returns: id:int
SELECT id FROM staff_fact WHERE staff = :staff AND whose = :whose AND kind = :kind AND value = :value AND ended_at IS NULL

-- name: registry_fact_insert
-- reads: none
-- params: id:int staff:int whose:int kind:text value:int made_at:int made_by:text
INSERT INTO staff_fact (id, staff, whose, kind, value, made_at, made_by) VALUES (:id, :staff, :whose, :kind, :value, :made_at, :made_by)

-- name: registry_fact_end
-- reads: none
-- params: staff:int whose:int kind:text value:int now:int
UPDATE staff_fact SET ended_at = :now WHERE staff = :staff AND whose = :whose AND kind = :kind AND value = :value AND ended_at IS NULL

-- name: registry_fact_counts
-- reads: none
-- params: staff:int
-- returns: whose:int kind:text n:int
SELECT whose, kind, count(*) FROM staff_fact WHERE staff = :staff AND ended_at IS NULL GROUP BY whose, kind ORDER BY whose, kind

-- name: registry_stated
-- reads: none
-- returns: name:text whose:int kind:text value:int
SELECT s.name, f.whose, f.kind, f.value FROM staff_fact f JOIN staff s ON s.id = f.staff WHERE f.ended_at IS NULL ORDER BY s.name, f.whose, f.kind, f.value

-- What this user, and those of the same unit, stated: self of the unit, both of the user.
-- name: registry_fact_values
-- reads: none
-- params: user:int agency:int unit:text
-- returns: value:int staff:int whose:int
SELECT f.value, f.staff, f.whose FROM staff_fact f JOIN staff s ON s.id = f.staff
WHERE f.ended_at IS NULL AND (f.staff = :user OR (f.whose = 1 AND s.agency = :agency AND s.unit = :unit AND :unit <> ''))
ORDER BY f.value, f.staff, f.whose

-- ---- relations ----

-- name: registry_relation_insert
-- reads: none
-- params: id:int kind:int staff:int agency:int unit:text object_kind:int object:text from_ms:int to_ms:int made_at:int made_by:text needs_approval:int
INSERT INTO relation (id, kind, staff, agency, unit, object_kind, object, from_ms, to_ms, made_at, made_by, needs_approval, approved_by, ended_by)
VALUES (:id, :kind, :staff, :agency, :unit, :object_kind, :object, :from_ms, :to_ms, :made_at, :made_by, :needs_approval, '', '')

-- name: registry_relation_held
-- reads: none
-- params: staff:int agency:int unit:text object_kind:int object:text now:int
-- returns: kind:int to_ms:int
SELECT kind, max(to_ms) FROM relation
WHERE (staff = :staff OR (staff = 0 AND agency = :agency AND unit = :unit)) AND object_kind = :object_kind AND object IN (:object, '*')
  AND from_ms <= :now AND to_ms > :now AND ended_at IS NULL AND (needs_approval = 0 OR approved_by <> '')
GROUP BY kind

-- name: registry_listed
-- reads: none
-- params: staff:int kind:int object_kind:int now:int
-- returns: object:text until_ms:int list_until_ms:int
SELECT o.object, max(CASE WHEN o.staff = :staff THEN o.to_ms ELSE 0 END), max(o.to_ms) FROM relation r JOIN relation o ON o.object = r.object AND o.kind = r.kind AND o.object_kind = r.object_kind
WHERE r.staff = :staff AND r.kind = :kind AND r.object_kind = :object_kind AND r.from_ms <= :now AND r.to_ms > :now AND r.ended_at IS NULL AND (r.needs_approval = 0 OR r.approved_by <> '')
    AND o.from_ms <= :now AND o.to_ms > :now AND o.ended_at IS NULL AND (o.needs_approval = 0 OR o.approved_by <> '')
GROUP BY o.object ORDER BY max(o.to_ms), o.object

-- name: registry_relation_each
-- reads: none
-- params: all:int now:int
-- returns: id:int kind:int staff:int agency:int staff_name:text unit:text object_kind:int object:text from_ms:int to_ms:int made_by:text approved_by:text needs_approval:int ended_at:int
SELECT r.id, r.kind, r.staff, r.agency, coalesce(s.name, ''), r.unit, r.object_kind, r.object, r.from_ms, r.to_ms, r.made_by, r.approved_by, r.needs_approval, r.ended_at
FROM relation r LEFT JOIN staff s ON s.id = r.staff
WHERE :all = 1 OR (r.ended_at IS NULL AND r.to_ms > :now) ORDER BY r.id DESC

-- name: registry_relation_approve
-- reads: none
-- params: id:int approved_by:text
UPDATE relation SET approved_by = :approved_by WHERE id = :id AND needs_approval = 1 AND approved_by = '' AND ended_at IS NULL AND made_by <> :approved_by

-- name: registry_relation_end
-- reads: none
-- params: id:int now:int ended_by:text
UPDATE relation SET ended_at = :now, ended_by = :ended_by WHERE id = :id AND ended_at IS NULL AND to_ms > :now

-- ---- signing in ----

-- name: registry_secrets
-- reads: none
-- params: name:text
-- returns: id:int standing:int from_ms:int to_ms:int agency_ended_at:int password:text wrapped:blob totp_secret:blob totp_step:int failures:int failed_at:int
SELECT s.id, s.standing, s.from_ms, s.to_ms, a.ended_at, s.password, s.wrapped, s.totp_secret, s.totp_step, s.failures, s.failed_at
FROM staff s JOIN agency a ON a.id = s.agency WHERE s.name = :name

-- name: registry_password_put
-- reads: none
-- params: id:int password:text
UPDATE staff SET password = :password, failures = 0 WHERE id = :id

-- name: registry_user_key
-- reads: none
-- params: id:int
-- returns: wrapped:blob
SELECT wrapped FROM staff WHERE id = :id

-- name: registry_totp_put
-- reads: none
-- params: id:int totp_secret:blob
UPDATE staff SET totp_secret = :totp_secret, totp_step = -1, failures = 0 WHERE id = :id

-- name: registry_failure_put
-- reads: none
-- params: id:int now:int
UPDATE staff SET failures = failures + 1, failed_at = :now WHERE id = :id

-- name: registry_success_put
-- reads: none
-- params: id:int totp_step:int
UPDATE staff SET failures = 0, totp_step = :totp_step WHERE id = :id

-- name: registry_recovery_insert
-- reads: none
-- params: id:int staff:int hash:blob
INSERT INTO staff_recovery (id, staff, hash) VALUES (:id, :staff, :hash)

-- name: registry_recovery_void
-- reads: none
-- params: staff:int now:int
UPDATE staff_recovery SET used_at = :now WHERE staff = :staff AND used_at IS NULL

-- name: registry_recovery_each
-- reads: none
-- params: staff:int
-- returns: id:int hash:blob
SELECT id, hash FROM staff_recovery WHERE staff = :staff AND used_at IS NULL

-- name: registry_recovery_use
-- reads: none
-- params: id:int now:int
UPDATE staff_recovery SET used_at = :now WHERE id = :id AND used_at IS NULL

-- ---- sessions ----

-- name: registry_session_insert
-- reads: none
-- params: id:int hash:blob staff:int device:text made_at:int until_ms:int step_up_until_ms:int
INSERT INTO staff_session (id, hash, staff, device, made_at, seen_at, until_ms, step_up_until_ms, ended_why)
VALUES (:id, :hash, :staff, :device, :made_at, :made_at, :until_ms, :step_up_until_ms, '')

-- name: registry_session_by_hash
-- reads: none
-- params: hash:blob
-- returns: id:int staff:int staff_name:text device:text made_at:int seen_at:int until_ms:int step_up_until_ms:int ended_at:int
SELECT e.id, e.staff, s.name, e.device, e.made_at, e.seen_at, e.until_ms, e.step_up_until_ms, e.ended_at
FROM staff_session e JOIN staff s ON s.id = e.staff WHERE e.hash = :hash

-- name: registry_session_each
-- reads: none
-- params: now:int seen_after:int
-- returns: id:int staff:int staff_name:text device:text made_at:int seen_at:int until_ms:int step_up_until_ms:int ended_at:int
SELECT e.id, e.staff, s.name, e.device, e.made_at, e.seen_at, e.until_ms, e.step_up_until_ms, e.ended_at
FROM staff_session e JOIN staff s ON s.id = e.staff WHERE e.ended_at IS NULL AND e.until_ms > :now AND e.seen_at > :seen_after ORDER BY e.id

-- name: registry_session_seen
-- reads: none
-- params: id:int now:int
UPDATE staff_session SET seen_at = :now WHERE id = :id AND ended_at IS NULL

-- name: registry_session_step_up
-- reads: none
-- params: id:int until_ms:int
UPDATE staff_session SET step_up_until_ms = :until_ms WHERE id = :id AND ended_at IS NULL

-- name: registry_session_end
-- reads: none
-- params: id:int why:text now:int
UPDATE staff_session SET ended_at = :now, ended_why = :why WHERE id = :id AND ended_at IS NULL

-- name: registry_session_end_of_user
-- reads: none
-- params: staff:int why:text now:int
UPDATE staff_session SET ended_at = :now, ended_why = :why WHERE staff = :staff AND ended_at IS NULL

-- name: registry_session_end_of_agency
-- reads: none
-- params: agency:int why:text now:int
UPDATE staff_session SET ended_at = :now, ended_why = :why
WHERE ended_at IS NULL AND staff IN (SELECT id FROM staff WHERE agency = :agency)

-- ---- agreements ----

-- name: registry_sharing_each
-- reads: none
-- params: agency:int kind:int purpose:int now:int
-- returns: from_agency:int agreement:int to_agency:int ceiling:int from_ms:int to_ms:int
SELECT r.from_agency, r.agreement, r.to_agency, r.ceiling, g.from_ms, g.to_ms
FROM agreement_row r JOIN agreement g ON g.id = r.agreement
WHERE r.purpose = :purpose AND (r.to_agency = :agency OR (r.to_agency = 0 AND r.to_kind = :kind)) AND g.ended_at IS NULL AND g.to_ms > :now
ORDER BY r.from_agency, r.agreement, r.to_agency

-- name: registry_refusal_match
-- reads: none
-- params: agency:int purpose:int
-- returns: from_agency:int
SELECT DISTINCT from_agency FROM refusal WHERE to_agency = :agency AND purpose IN (0, :purpose) AND object = '' AND ended_at IS NULL

-- name: registry_agreement_id
-- reads: none
-- params: name:text
-- returns: id:int
SELECT id FROM agreement WHERE name = :name

-- name: registry_agreement_insert
-- reads: none
-- params: id:int name:text title:text definition:text from_ms:int to_ms:int review_ms:int activated_at:int activated_by:text
INSERT INTO agreement (id, name, title, definition, from_ms, to_ms, review_ms, activated_at, activated_by, ended_by)
VALUES (:id, :name, :title, :definition, :from_ms, :to_ms, :review_ms, :activated_at, :activated_by, '')

-- name: registry_agreement_row_insert
-- reads: none
-- params: id:int agreement:int from_agency:int to_agency:int to_kind:int purpose:int ceiling:int
INSERT INTO agreement_row (id, agreement, from_agency, to_agency, to_kind, purpose, ceiling)
VALUES (:id, :agreement, :from_agency, :to_agency, :to_kind, :purpose, :ceiling)

-- name: registry_agreement_end
-- reads: none
-- params: name:text now:int ended_by:text
UPDATE agreement SET ended_at = :now, ended_by = :ended_by WHERE name = :name AND ended_at IS NULL

-- name: registry_agreement_each
-- reads: none
-- returns: name:text title:text definition:text from_ms:int to_ms:int review_ms:int activated_at:int activated_by:text ended_at:int ended_by:text
SELECT name, title, definition, from_ms, to_ms, review_ms, activated_at, activated_by, ended_at, ended_by FROM agreement ORDER BY id

-- name: registry_refusal_insert
-- reads: none
-- params: id:int from_agency:int to_agency:int purpose:int object:text reason:int made_at:int made_by:text
INSERT INTO refusal (id, from_agency, to_agency, purpose, object, reason, made_at, made_by, ended_by)
VALUES (:id, :from_agency, :to_agency, :purpose, :object, :reason, :made_at, :made_by, '')

-- name: registry_refusal_end
-- reads: none
-- params: id:int now:int ended_by:text
UPDATE refusal SET ended_at = :now, ended_by = :ended_by WHERE id = :id AND ended_at IS NULL

-- name: registry_refusal_each
-- reads: none
-- returns: id:int from_agency:int from_name:text to_agency:int to_name:text purpose:int object:text reason:int made_at:int made_by:text ended_at:int
SELECT r.id, r.from_agency, f.name, r.to_agency, t.name, r.purpose, r.object, r.reason, r.made_at, r.made_by, r.ended_at
FROM refusal r JOIN agency f ON f.id = r.from_agency JOIN agency t ON t.id = r.to_agency ORDER BY r.id

-- ---- broken glass: rows are only ever added ----

-- name: registry_glass_insert
-- reads: none
-- params: id:int relation:int staff:int agency:int made_by:text object_kind:int object:text at_ms:int until_ms:int review_by_ms:int reason:int
INSERT INTO glass_break (id, relation, staff, agency, made_by, object_kind, object, at_ms, until_ms, review_by_ms, reason)
VALUES (:id, :relation, :staff, :agency, :made_by, :object_kind, :object, :at_ms, :until_ms, :review_by_ms, :reason)

-- name: registry_glass_told_insert
-- reads: none
-- params: id:int glass:int agency:int made_at:int
INSERT INTO glass_told (id, glass, agency, made_at) VALUES (:id, :glass, :agency, :made_at)

-- name: registry_glass_review_insert
-- reads: none
-- params: id:int glass:int decision:int made_at:int made_by:text agency:int reason:int
INSERT INTO glass_review (id, glass, decision, made_at, made_by, agency, reason) VALUES (:id, :glass, :decision, :made_at, :made_by, :agency, :reason)

-- The newest review of each counts.
-- name: registry_glass_against
-- reads: none
-- params: staff:int now:int wrong:int
-- returns: n:int
SELECT count(*) FROM glass_break b LEFT JOIN glass_review r ON r.id = (SELECT max(x.id) FROM glass_review x WHERE x.glass = b.id)
WHERE b.staff = :staff AND (r.decision = :wrong OR (r.id IS NULL AND b.review_by_ms <= :now))

-- name: registry_glass_each
-- reads: none
-- returns: id:int relation:int staff:int agency:int staff_name:text agency_name:text object_kind:int object:text at_ms:int until_ms:int review_by_ms:int reason:int decision:int reviewed_at:int reviewed_by:text review_reason:int
SELECT b.id, b.relation, b.staff, b.agency, b.made_by, coalesce(a.name, ''), b.object_kind, b.object, b.at_ms, b.until_ms, b.review_by_ms, b.reason, r.decision, r.made_at, r.made_by, r.reason
FROM glass_break b LEFT JOIN agency a ON a.id = b.agency LEFT JOIN glass_review r ON r.id = (SELECT max(x.id) FROM glass_review x WHERE x.glass = b.id)
ORDER BY b.id DESC

-- name: registry_glass_told_each
-- reads: none
-- params: glass:int
-- returns: name:text
SELECT coalesce(a.name, 'the hub') FROM glass_told t LEFT JOIN agency a ON a.id = t.agency WHERE t.glass = :glass ORDER BY t.id

-- ---- reference lists ----

-- name: registry_reference_later
-- reads: none
-- params: name:text from_ms:int
-- returns: n:int
SELECT count(*) FROM reference_list WHERE name = :name AND from_ms >= :from_ms

-- name: registry_reference_cut
-- reads: none
-- params: name:text at_ms:int
UPDATE reference_list SET to_ms = :at_ms WHERE name = :name AND to_ms > :at_ms

-- name: registry_reference_insert
-- reads: none
-- params: id:int name:text source:text from_ms:int to_ms:int made_at:int made_by:text
INSERT INTO reference_list (id, name, source, from_ms, to_ms, made_at, made_by) VALUES (:id, :name, :source, :from_ms, :to_ms, :made_at, :made_by)

-- name: registry_reference_row_insert
-- reads: none
-- params: list:int n:int code:text title:text
INSERT INTO reference_row (list, n, code, title) VALUES (:list, :n, :code, :title)

-- name: registry_reference_each
-- reads: none
-- returns: name:text source:text from_ms:int to_ms:int n:int
SELECT l.name, l.source, l.from_ms, l.to_ms, (SELECT count(*) FROM reference_row r WHERE r.list = l.id) FROM reference_list l ORDER BY l.name, l.from_ms

-- name: registry_reference_rows
-- reads: none
-- params: name:text at_ms:int
-- returns: code:text title:text
SELECT r.code, r.title FROM reference_row r JOIN reference_list l ON l.id = r.list WHERE l.name = :name AND l.from_ms <= :at_ms AND l.to_ms > :at_ms ORDER BY r.n
