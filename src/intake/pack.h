/* pack.h: how a mention and a row's text are packed into one sealed value each; private to the room.
 *
 * Lengths and numbers are varints (7 bits a byte, lowest first). Packed mention: version 1, how many columns the person model had then (new ones are
 * added at the end), its fields in a fixed order, each a length and bytes. Packed row: version 1, assertion, the positions + 1 of source id, recorded as, narrative and opinion (0: none), then each value that is not
 * empty: its position in the layout (or, without layout, its name), length, bytes. */
#ifndef HAVEN_INTAKE_PACK_H
#define HAVEN_INTAKE_PACK_H

#include "intake/row.h"

#define LAYOUT_NONE 0       /* names stand in the packed row itself (JSON lines) */
#define LAYOUT_SEPARATOR 31 /* between the names of a layout */
#define SLOTS_PER_ROW 64    /* mention id = row id * this + slot */
_Static_assert(LIMIT_ROW_PERSONS == SLOTS_PER_ROW, "a slot fits into a mention's id");

void pack_mention(const struct mention *m, struct buf *to);
/* Slices into `packed`. */
enum err_code unpack_mention(struct str packed, struct mention *ret, struct err *e);

void pack_row(const struct feed *f, const struct row *r, bool names_inside, struct buf *to);

struct packed_row {
    enum assertion assertion;
    uint64_t source_id, recorded_as, narrative, opinion; /* position + 1 */
    struct str rest;
    uint64_t ordinal; /* of the value next read */
    bool names_inside;
};
enum err_code unpack_row(struct str packed, bool names_inside, struct packed_row *ret, struct err *e);
/* False at the end; ERR_CRYPTO when what was sealed is not a packed row. *ret_name only with names inside. */
enum err_code unpack_value(struct packed_row *p, bool *ret_more, uint64_t *ret_position, struct str *ret_name, struct str *ret_value, struct err *e);

/* The names of a stored layout, LAYOUT_SEPARATOR between, in the arena; empty for LAYOUT_NONE. */
enum err_code layout_names(struct store *s, int64_t layout, struct arena *a, struct str *ret, struct err *e);

/* The same row in one order of columns, whatever order the file has: what content hashes are made of. `order`: positions sorted by name. */
void pack_content(const struct row *r, const size_t *order, struct buf *to);

/* ---- sealing under a key of its own ---- */
/* Seals what is in `plain` and gives both blobs as slices of `wrapped` and `sealed`. */
enum err_code seal_value(const struct vault *v, const char *table, int64_t id, struct str plain, unsigned char wrapped[VAULT_WRAPPED_BYTES],
                         struct buf *sealed, struct err *e);
enum err_code unseal_value(const struct vault *v, const char *table, int64_t id, struct str wrapped, struct str sealed, struct buf *ret, struct err *e);

/* ---- keys by rule ---- */
struct vault_id record_ident(const struct vault *v, struct str feed, struct str record_key);
int64_t row_key_hash(const struct vault *v, struct str row_key);
uint64_t mention_key_of(const struct vault *v, const struct vault_id *record, int64_t row_key, int slot);
/* of_record: one event for all rows of the record. */
uint64_t event_key_of(const struct vault *v, const struct vault_id *record, int64_t row_key, bool of_record);

#endif
