/* truth.c: see truth.h. */
#include "people/truth.h"

#include <stdlib.h>

#define FIELDS_MAX 8 /* columns that a table reader asks for */

static enum err_code full(struct err *e) { return err_set(e, ERR_LIMIT, "the truth does not fit into the memory set aside for it"); }


static enum err_code find_columns(const struct csv_record *header, const struct truth_table *table, const char *path, size_t *at, struct err *e)
{
    for (size_t c = 0; c < table->n_columns; c++) {
        at[c] = SIZE_MAX;
        for (size_t i = 0; i < header->n; i++)
            if (str_eq(header->fields[i], str_of(table->columns[c])))
                at[c] = i;
        if (at[c] == SIZE_MAX)
            return err_set(e, ERR_FORMAT, "%s: no column %s", path, table->columns[c]);
    }
    return ERR_OK;
}

static enum err_code read_rows(void *ctx, struct csv_file *f, const struct truth_table *table, const char *path, struct err *e)
{
    struct csv_record r;
    size_t at[FIELDS_MAX];
    bool more, header = true;
    for (;;) {
        ERR_TRY(csv_read(f, &r, &more, e));
        if (!more)
            return ERR_OK;
        if (r.problem != ERR_OK)
            return err_set(e, r.problem, "%s:%llu: %s", path, (unsigned long long)r.first_line, r.why);
        if (header) {
            ERR_TRY(find_columns(&r, table, path, at, e));
            header = false;
            continue;
        }
        struct str fields[FIELDS_MAX];
        for (size_t c = 0; c < table->n_columns; c++)
            fields[c] = at[c] < r.n ? r.fields[at[c]] : STR_NONE;
        ERR_TRY(table->row(ctx, fields, e));
    }
}

enum err_code truth_table_read(const char *folder, const struct truth_table *table, struct arena *a, void *ctx, struct err *e)
{
    struct csv_file *f;
    struct str path = str_fmt(a, "%s/%s", folder, table->name);
    if (!path.p)
        return full(e);
    ERR_TRY(csv_open(path.p, ',', NULL, &f, e));
    enum err_code code = read_rows(ctx, f, table, path.p, e);
    csv_close(f);
    return code;
}

static enum err_code take_person(void *ctx, const struct str *f, struct err *e)
{
    struct truth *t = ctx;
    struct truth_person p = {.id = str_dup(t->a, f[0]), .household = str_dup(t->a, f[1]), .dob = str_dup(t->a, f[4])};
    p.name = text_fold(t->a, str_fmt(t->a, "%.*s %.*s", STR_ARG(f[2]), STR_ARG(f[3])));
    if (!p.id.p || !p.household.p || !p.dob.p || !p.name.p)
        return full(e);
    (void)buf_add(&t->persons, &p, sizeof p);
    return buf_check(&t->persons, "the list of true persons", e);
}

static uint16_t feed_number(struct truth *t, struct str name)
{
    const struct str *v = (const void *)t->feeds.p;
    size_t n = t->feeds.n / sizeof *v;
    for (size_t i = 0; i < n; i++)
        if (str_eq(v[i], name))
            return (uint16_t)i;
    struct str fresh = str_dup(t->a, name);
    (void)buf_add(&t->feeds, &fresh, sizeof fresh);
    return (uint16_t)n;
}

static enum err_code take_mention(void *ctx, const struct str *f, struct err *e)
{
    struct truth *t = ctx;
    int64_t slot;
    if (!f[4].n)
        return ERR_OK; /* nothing to tell who it is */
    if (!str_to_int64(f[3], &slot) || slot < 0 || slot > 1000)
        return err_set(e, ERR_FORMAT, "mentions.csv: a slot is a number from 0 to 1000");
    struct truth_mention m = {.key = intake_mention_key(t->v, f[0], f[1], f[2], (int)slot), .person = str_dup(t->a, f[4]), .feed = feed_number(t, f[0])};
    if (!m.person.p)
        return full(e);
    (void)buf_add(&t->mentions, &m, sizeof m);
    return buf_check(&t->mentions, "the list of true mentions", e);
}

static int person_cmp(const void *l, const void *r)
{
    const struct truth_person *x = l, *y = r;
    return str_cmp(x->id, y->id);
}

static int mention_cmp(const void *l, const void *r)
{
    const struct truth_mention *x = l, *y = r;
    return x->key < y->key ? -1 : x->key > y->key;
}

static enum err_code label(struct truth *t, const char *folder, struct err *e)
{
    struct truth_person *p = (void *)t->persons.p;
    struct truth_mention *m = (void *)t->mentions.p;
    size_t n_p = t->persons.n / sizeof *p, n_m = t->mentions.n / sizeof *m;
    if (!n_p || !n_m)
        return err_set(e, ERR_FORMAT, "%s: the truth names nobody", folder);
    qsort(p, n_p, sizeof *p, person_cmp);
    qsort(m, n_m, sizeof *m, mention_cmp);
    for (size_t i = 0; i < n_m; i++) {
        struct truth_person wanted = {.id = m[i].person};
        const struct truth_person *found = bsearch(&wanted, p, n_p, sizeof wanted, person_cmp);
        if (!found)
            return err_set(e, ERR_FORMAT, "%s: mentions.csv names a person who is not in persons.csv", folder);
        m[i].label = (uint32_t)(found - p);
    }
    return ERR_OK;
}

void truth_release(struct truth *t)
{
    buf_release(&t->persons);
    buf_release(&t->mentions);
    buf_release(&t->feeds);
}

enum err_code truth_read(const struct vault *v, const char *folder, struct arena *a, struct truth *ret, struct err *e)
{
    static const char *const person_columns[] = {"person", "household", "given", "surname", "dob"};
    static const char *const mention_columns[] = {"feed", "record_key", "row_key", "slot", "person"};
    const struct truth_table persons = {"persons.csv", person_columns, 5, take_person}, mentions = {"mentions.csv", mention_columns, 5, take_mention};
    struct truth t = {.a = a, .v = v};
    buf_init(&t.persons, LIMIT_PEOPLE_MENTIONS * sizeof(struct truth_person));
    buf_init(&t.mentions, LIMIT_PEOPLE_MENTIONS * sizeof(struct truth_mention));
    buf_init(&t.feeds, (size_t)1 << 16);
    enum err_code code = truth_table_read(folder, &persons, a, &t, e);
    if (code == ERR_OK)
        code = truth_table_read(folder, &mentions, a, &t, e);
    if (code == ERR_OK)
        code = label(&t, folder, e);
    if (code == ERR_OK)
        *ret = t;
    else
        truth_release(&t);
    return code;
}

const struct truth_mention *truth_find(const struct truth *t, uint64_t mention_key)
{
    struct truth_mention wanted = {.key = mention_key};
    return bsearch(&wanted, t->mentions.p, t->mentions.n / sizeof wanted, sizeof wanted, mention_cmp);
}

ptrdiff_t truth_person_find(const struct truth *t, struct str id)
{
    struct truth_person wanted = {.id = id};
    const struct truth_person *v = (const void *)t->persons.p;
    const struct truth_person *found = bsearch(&wanted, v, t->persons.n / sizeof wanted, sizeof wanted, person_cmp);
    return found ? found - v : -1;
}
