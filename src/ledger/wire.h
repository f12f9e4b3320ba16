/* wire.h: what the public log's text formats have in common: lines, decimals, base64. Private to the room. */
#ifndef HAVEN_LEDGER_WIRE_H
#define HAVEN_LEDGER_WIRE_H

#include "ledger/log.h"

/* Takes one line that ends in "\n" off *rest (without it); false when there is no whole line. */
bool ledger_wire_line(struct str *rest, struct str *ret_line);
/* Takes `prefix` off *s; false when s does not start with it. */
bool ledger_wire_prefix(struct str *s, struct str prefix);
/* Digits without a leading zero, at most LEDGER_SIZE_MAX. */
bool ledger_wire_decimal(struct str s, uint64_t *ret);
/* Standard base64 with padding, canonical, of at most `max` bytes. */
bool ledger_wire_base64(struct str s, unsigned char *ret, size_t max, size_t *ret_n);
bool ledger_wire_hash(struct str s, struct ledger_hash *ret);
/* Lines of hashes up to an empty line, which is taken too. `what` names them in the error. */
enum err_code ledger_wire_proof(struct str *rest, size_t max, struct ledger_proof *ret, struct err *e);
/* A valid text of a note: UTF-8, only whole lines, no control characters. */
bool ledger_wire_text(struct str s);

/* Appending; failures stick in the buffer. */
void ledger_wire_put_base64(struct buf *b, const void *p, size_t n);
void ledger_wire_put_proof(struct buf *b, const struct ledger_proof *p); /* a line each */

/* Key and text of an Ed25519 signature over `text` (note.c). */
#define LEDGER_SIGNATURE_ED25519 64

#endif
