-- name: store_migration_list
-- reads: none
-- returns: number:int hash:text
SELECT number, hash FROM store_migration ORDER BY number

-- name: store_migration_insert
-- reads: none
-- params: number:int title:text hash:text applied_ms:int
INSERT INTO store_migration (number, title, hash, applied_ms) VALUES (:number, :title, :hash, :applied_ms)

-- name: store_scope_insert
-- reads: none
-- params: owner:int level:int grade:int groups:int watch:int
INSERT INTO scope (owner, level, grade, groups, watch) VALUES (:owner, :level, :grade, :groups, :watch)

-- name: store_scope_clear
-- reads: none
DELETE FROM scope

-- name: store_counter_reserve
-- reads: none
-- params: name:text n:int
-- returns: next:int
INSERT INTO store_counter (name, next) VALUES (:name, 1 + :n)
ON CONFLICT (name) DO UPDATE SET next = store_counter.next + :n
RETURNING next
