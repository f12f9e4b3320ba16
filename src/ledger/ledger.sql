-- Sealed entries are public by design (the tiles give them away) and wrapped keys need the vault: nothing here reads a personal group.

-- name: ledger_state_get
-- reads: none
-- returns: epoch:int origin:text frontier:blob segment:int taken:int turn:int checkpoint:text mac:blob
SELECT epoch, origin, frontier, segment, taken, turn, checkpoint, mac FROM ledger_state WHERE id = 1

-- name: ledger_state_put
-- reads: none
-- params: epoch:int origin:text frontier:blob segment:int taken:int turn:int checkpoint:text mac:blob
INSERT INTO ledger_state (id, epoch, origin, frontier, segment, taken, turn, checkpoint, mac)
VALUES (1, :epoch, :origin, :frontier, :segment, :taken, :turn, :checkpoint, :mac)
ON CONFLICT (id) DO UPDATE SET epoch = :epoch, origin = :origin, frontier = :frontier, segment = :segment, taken = :taken, turn = :turn,
    checkpoint = :checkpoint, mac = :mac

-- name: ledger_leaf_insert
-- reads: none
-- params: leaf:int entry:blob wrapped:blob
INSERT INTO ledger_leaf (leaf, entry, wrapped) VALUES (:leaf, :entry, :wrapped)

-- name: ledger_leaf_get
-- reads: none
-- params: leaf:int
-- returns: entry:blob wrapped:blob
SELECT entry, wrapped FROM ledger_leaf WHERE leaf = :leaf

-- name: ledger_leaf_range
-- reads: none
-- params: from:int to:int
-- returns: leaf:int entry:blob wrapped:blob
SELECT leaf, entry, wrapped FROM ledger_leaf WHERE leaf >= :from AND leaf < :to ORDER BY leaf

-- name: ledger_leaf_count
-- reads: none
-- params: from:int to:int
-- returns: n:int
SELECT count(leaf) FROM ledger_leaf WHERE leaf >= :from AND leaf < :to

-- name: ledger_leaf_destroy
-- reads: none
-- params: leaf:int mark:blob
UPDATE ledger_leaf SET wrapped = :mark WHERE leaf = :leaf

-- name: ledger_subject_insert
-- reads: none
-- params: blind:int leaf:int
INSERT INTO ledger_subject (blind, leaf) VALUES (:blind, :leaf) ON CONFLICT (blind, leaf) DO NOTHING

-- name: ledger_subject_leaves
-- reads: none
-- params: blind:int
-- returns: leaf:int
SELECT leaf FROM ledger_subject WHERE blind = :blind ORDER BY leaf

-- name: ledger_subject_has
-- reads: none
-- params: blind:int leaf:int
-- returns: n:int
SELECT count(*) FROM ledger_subject WHERE blind = :blind AND leaf = :leaf

-- name: ledger_subject_count
-- reads: none
-- returns: n:int
SELECT count(*) FROM ledger_subject

-- name: ledger_subject_delete
-- reads: none
-- params: blind:int leaf:int
DELETE FROM ledger_subject WHERE blind = :blind AND leaf = :leaf

-- name: ledger_waiting_insert
-- reads: none
-- params: id:int item:blob
INSERT INTO ledger_waiting (id, item) VALUES (:id, :item)

-- name: ledger_waiting_list
-- reads: none
-- params: after:int most:int
-- returns: id:int item:blob
SELECT id, item FROM ledger_waiting WHERE id > :after ORDER BY id LIMIT :most

-- name: ledger_waiting_delete
-- reads: none
-- params: upto:int
DELETE FROM ledger_waiting WHERE id <= :upto

-- name: ledger_epoch_insert
-- reads: none
-- params: epoch:int size:int root:blob checkpoint:text mac:blob
INSERT INTO ledger_epoch (epoch, size, root, checkpoint, mac) VALUES (:epoch, :size, :root, :checkpoint, :mac)

-- name: ledger_epoch_list
-- reads: none
-- returns: epoch:int size:int root:blob checkpoint:text mac:blob
SELECT epoch, size, root, checkpoint, mac FROM ledger_epoch ORDER BY epoch

-- ---- wrapped keys, for a rotation of the seal key ----

-- name: ledger_wrapped_count
-- reads: none
-- returns: n:int
SELECT count(*) FROM ledger_leaf WHERE length(wrapped) > 16

-- name: ledger_wrapped_batch
-- reads: none
-- params: after:int most:int
-- returns: id:int wrapped:blob
SELECT leaf, wrapped FROM ledger_leaf WHERE leaf > :after AND length(wrapped) > 16 ORDER BY leaf LIMIT :most

-- name: ledger_wrapped_put
-- reads: none
-- params: wrapped:blob id:int
UPDATE ledger_leaf SET wrapped = :wrapped WHERE leaf = :id
