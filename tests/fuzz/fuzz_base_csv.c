/* The CSV reader. The first byte chooses limits and the size of the pieces. Promises: the records do not depend on the
 * pieces; they lie one after the other and between them are only line ends (nothing is lost); a good record has
 * fields; what is written reads back the same. */
#include "fuzz.h"

static struct csv *reader(const struct csv_limits *l)
{
    struct csv *c = NULL;
    must(csv_new(',', l, &c, NULL) == ERR_OK);
    return c;
}

static uint64_t hash_record(const struct csv_record *r, uint64_t h)
{
    const uint64_t numbers[] = {r->n, r->first_line, r->last_line, r->first_byte, r->last_byte, (uint64_t)r->problem};
    h = str_hash((struct str){(const char *)numbers, sizeof numbers}, h);
    h = str_hash(r->raw, h);
    h = str_hash(str_of(r->why), h);
    for (size_t i = 0; i < r->n; i++)
        h = str_hash(r->fields[i], h);
    return h;
}

/* A good record, written and read again, is itself. */
static void write_and_read(const struct csv_record *r)
{
    _cleanup_buf_ struct buf b;
    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < r->n; i++)
        must(csv_write_field(&b, r->fields[i], i == 0));
    must(csv_write_end(&b));
    struct csv *c = reader(&(struct csv_limits){1 << 16, 600});
    struct csv_record again;
    csv_feed(c, b.p, b.n);
    must(csv_next(c, &again) && again.problem == ERR_OK && again.n == r->n);
    for (size_t i = 0; i < r->n; i++)
        must(str_eq(again.fields[i], r->fields[i]));
    csv_free(c);
}

static uint64_t read_in_pieces(struct str s, size_t piece, const struct csv_limits *l, bool check)
{
    struct csv *c = reader(l);
    struct csv_record r;
    uint64_t h = 0, end = str_starts(s, STR("\xEF\xBB\xBF")) ? 3 : 0;
    for (size_t at = 0;; at += piece) {
        struct str part = str_slice(s, at, at + piece);
        csv_feed(c, part.p, part.n);
        while (csv_next(c, &r)) {
            h = hash_record(&r, h);
            if (!check)
                continue;
            for (; end < r.first_byte; end++)
                must(s.p[end] == '\n' || s.p[end] == '\r');
            must(r.first_byte == end && r.last_byte > end && r.last_byte <= s.n && r.first_line <= r.last_line);
            must(r.raw.n <= l->record_bytes && memcmp(r.raw.p, s.p + end, r.raw.n) == 0);
            end = r.last_byte;
            must((r.problem == ERR_OK) == (r.n > 0) && (r.problem == ERR_OK) == (r.why == NULL));
            if (r.problem == ERR_OK)
                write_and_read(&r);
        }
        if (part.n == 0)
            break;
    }
    for (; check && end < s.n; end++)
        must(s.p[end] == '\n' || s.p[end] == '\r');
    csv_free(c);
    return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0)
        return 0;
    const struct csv_limits l = {data[0] & 1 ? 4096 : 16, data[0] & 2 ? 512 : 3};
    struct str s = {(const char *)data + 1, n - 1};
    uint64_t whole = read_in_pieces(s, s.n ? s.n : 1, &l, true);
    must(read_in_pieces(s, 1 + (data[0] >> 2), &l, false) == whole);
    return 0;
}
