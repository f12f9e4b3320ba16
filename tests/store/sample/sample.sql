-- name: sample_thing_insert
-- reads: none
-- params: id:int kind:text n:int weight:real data:blob note:text
INSERT INTO sample_thing (id, kind, n, weight, data, note) VALUES (:id, :kind, :n, :weight, :data, :note);

-- name: sample_thing_granted
-- reads: names narrative
-- params: id:int
-- returns: id:int note:text groups:int
SELECT t.id, t.note, scope.groups FROM sample_thing t JOIN scope ON scope.owner = t.n AND scope.level = 1 WHERE t.id = :id

-- name: sample_thing_by_id
-- reads: none
-- params: id:int
-- returns: id:int kind:text n:int weight:real data:blob note:text
SELECT id, kind, n, weight, data, note FROM sample_thing WHERE id = :id

-- name: sample_thing_list
-- reads: none
-- returns: id:int kind:text
SELECT id, kind FROM sample_thing ORDER BY kind, id

-- name: sample_thing_count
-- reads: none
-- returns: n:int
SELECT count(*) FROM sample_thing

-- name: sample_thing_sum
-- reads: none
-- returns: total:int average:real
SELECT CAST(coalesce(sum(n), 0) AS bigint), CAST(avg(n) AS double precision) FROM sample_thing

-- name: sample_thing_between
-- A parameter twice and out of order: what SQLite would bind swapped under PostgreSQL's own $N.
-- reads: none
-- params: low:int high:int kind:text
-- returns: id:int
SELECT id FROM sample_thing
WHERE kind = :kind AND n <= :high AND n >= :low AND :low < :high -- not a :parameter
ORDER BY id

-- name: sample_thing_quoted
-- reads: none
-- params: id:int
-- returns: a:text b:int
SELECT ':id ''-- name: x'' /* ? $1 */ \n' AS "a:id", id /* :also not */ FROM sample_thing WHERE id = :id

-- name: sample_thing_put
-- reads: none
-- params: id:int kind:text n:int
-- returns: id:int n:int
INSERT INTO sample_thing (id, kind, n) VALUES (:id, :kind, :n)
ON CONFLICT (id) DO UPDATE SET n = excluded.n
RETURNING id, n

-- name: sample_thing_rename
-- reads: none
-- params: old:text new:text
UPDATE sample_thing SET kind = :new WHERE kind = :old

-- name: sample_thing_delete
-- reads: none
-- params: id:int
DELETE FROM sample_thing WHERE id = :id

-- name: sample_thing_like
-- reads: none
-- params: pattern:text
-- returns: id:int
SELECT id FROM sample_thing WHERE kind LIKE :pattern ORDER BY id

-- name: sample_thing_wrong_type
-- reads: none
-- returns: kind:int
SELECT kind FROM sample_thing

-- name: sample_part_insert
-- reads: none
-- params: id:int thing_id:int name:text
INSERT INTO sample_part (id, thing_id, name) VALUES (:id, :thing_id, :name)

-- name: sample_part_count
-- reads: none
-- params: thing_id:int
-- returns: n:int
SELECT count(*) FROM sample_part WHERE thing_id = :thing_id

-- name: sample_narrow_insert
-- reads: none
-- params: id:int a:int b:int c:text
INSERT INTO sample_narrow (id, a, b, c) VALUES (:id, :a, :b, :c)

-- name: sample_narrow_count
-- reads: none
-- returns: n:int total:int
SELECT count(*), CAST(coalesce(sum(a), 0) AS bigint) FROM sample_narrow

-- name: sample_narrow_list
-- reads: none
-- returns: id:int a:int b:int c:text
SELECT id, a, b, c FROM sample_narrow ORDER BY id

-- name: sample_narrow_delete
-- reads: none
-- params: a:int
DELETE FROM sample_narrow WHERE a = :a

-- name: sample_narrow_mark
-- reads: none
-- params: id:int
UPDATE sample_narrow SET b = b + 1000 WHERE id = :id

-- name: sample_narrow_last
-- reads: none
-- returns: a:int
SELECT coalesce(max(a), 0) FROM sample_narrow

-- name: sample_narrow_by_id
-- reads: none
-- params: id:int
-- returns: a:int
SELECT a FROM sample_narrow WHERE id = :id

-- name: sample_wide_insert
-- reads: none
-- params: id:int a:int b:int sealed:blob
INSERT INTO sample_wide (id, a, b, sealed) VALUES (:id, :a, :b, :sealed)
