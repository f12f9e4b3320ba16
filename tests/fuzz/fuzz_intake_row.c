/* A row through a feed: the first byte chooses the feed, the rest is a JSON line, or the fields of a CSV row with a line feed between. Promises: a row that
 * is read gives facts within the limits; what it packs unpacks to the same; deriving twice gives the same. */
#include "fuzz.h"
#include "intake/pack.h"
#include "intake/reader.h"

static void same_mention(const struct mention *a, const struct mention *b)
{
    for (size_t i = 0; i < LINK_PERSON_N; i++)
        must(i == LINK_PERSON_unique_id || str_eq(a->v[i], b->v[i]));
    must(str_eq(a->name_as_given, b->name_as_given) && str_eq(a->bad_identifiers, b->bad_identifiers));
}

static void check_mention(const struct mention *m)
{
    _cleanup_buf_ struct buf b;
    buf_init(&b, (size_t)16 << 20);
    struct mention back = {0};
    struct err e;
    pack_mention(m, &b);
    must(!b.failed && unpack_mention(buf_as_str(&b), &back, &e) == ERR_OK);
    same_mention(m, &back);
    must(m->role >= 0 && m->role < ROLE_N);
}

static void check_text(const struct feed *f, const struct row *r, bool names_inside)
{
    _cleanup_buf_ struct buf b;
    buf_init(&b, (size_t)16 << 20);
    struct packed_row p;
    struct err e;
    pack_row(f, r, names_inside, &b);
    must(!b.failed && unpack_row(buf_as_str(&b), names_inside, &p, &e) == ERR_OK);
    size_t n = 0, there = 0;
    for (size_t i = 0; i < r->n; i++)
        there += r->values[i].n > 0;
    for (bool more = true;;) {
        uint64_t position;
        struct str name, value;
        must(unpack_value(&p, &more, &position, &name, &value, &e) == ERR_OK);
        if (!more)
            break;
        must(position < r->n && str_eq(value, r->values[position]));
        n++;
    }
    must(n == there);
}

static void check_row(const struct feed *f, const struct row *r, bool names_inside)
{
    _cleanup_arena_ struct arena a;
    arena_init(&a, (size_t)32 << 20);
    struct facts x, y;
    struct err e;
    if (facts_persons_most(f, r) > LIMIT_ROW_PERSONS)
        return;
    must(facts_derive(f, r, 2026, &a, &x, &e) == ERR_OK && facts_derive(f, r, 2026, &a, &y, &e) == ERR_OK);
    must(x.n_mentions == y.n_mentions && x.n_relations == y.n_relations && x.kind == y.kind && x.kind >= 0 && x.kind < EVENT_N);
    for (size_t i = 0; i < x.n_mentions; i++) {
        must(x.mentions[i].slot >= 0 && x.mentions[i].slot < LIMIT_ROW_PERSONS && x.mentions[i].n_finds <= FACT_FINDS_MAX);
        same_mention(&x.mentions[i].m, &y.mentions[i].m);
        check_mention(&x.mentions[i].m);
    }
    check_text(f, r, names_inside);
}

static void csv_row(const struct feed *f, struct str text)
{
    _cleanup_reader_ struct reader r = {0};
    struct err e;
    must(reader_open_csv(&r, f, f->charset, f->columns, f->n_columns, "fuzz", &e) == ERR_OK);
    struct str fields[LIMIT_FEED_COLUMNS], rest = text;
    size_t n = 0;
    for (; n < f->n_columns; n++)
        if (!str_split(&rest, '\n', &fields[n]))
            fields[n] = STR("");
    const struct csv_record record = {.fields = fields, .n = n, .raw = text};
    struct row row;
    const char *why;
    must(reader_csv(&r, &record, &row, &why, &e) == ERR_OK);
    if (!why)
        check_row(f, &row, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"police-crime", "police-custody", "prison", "health", "housing", "charity", "organisation", "police-uk-street"};
    struct feed *f = NULL;
    struct err e;
    if (size == 0)
        return 0;
    must(feed_builtin(str_of(names[data[0] % 8]), &f, &e) == ERR_OK);
    struct str text = {(const char *)data + 1, size - 1};
    if (f->format == FEED_CSV) {
        csv_row(f, text);
        feed_free(f);
        return 0;
    }
    _cleanup_reader_ struct reader r = {0};
    struct row row;
    const char *why;
    must(reader_open_json(&r, f, &e) == ERR_OK && reader_json(&r, text, &row, &why, &e) == ERR_OK);
    if (!why)
        check_row(f, &row, true);
    feed_free(f);
    return 0;
}
