/* search.c: who is this?
 *
 *   1 a person id or a mention's key names one person
 *   2 anything that passes an identifier's check, a telephone, an e-mail or a postcode is looked up by its blind index
 *   3 a name with a date of birth is looked up likewise
 *   4 a name alone is compared with every mention in memory: each word of it must be much like a word of the mention's names
 * Best first: exact finds, then names by likeness; one line a person. */
#include "people/people.h"

#include "sql/people_sql.h"

#include <stdlib.h>

#define WORDS_MAX 8
#define TIE 1e-9 /* of two mentions with equal names, the one with a date of birth is shown */
#define LIKE_ENOUGH 0.88 /* Jaro-Winkler, for each word of the query */

struct search {
    struct store *s;
    const struct vault *v;
    struct arena *a;
    struct str query;
    size_t max;
    struct buf hits; /* struct hit */
};
struct hit {
    uint64_t person;
    int64_t mention; /* that shows why */
    double likeness; /* above 1: exact */
    const char *why;
};

static void hit_add(struct search *q, uint64_t person, int64_t mention, double likeness, const char *why)
{
    struct hit *v = (void *)q->hits.p;
    for (size_t i = 0; i < q->hits.n / sizeof *v; i++)
        if (v[i].person == person) {
            if (likeness > v[i].likeness)
                v[i] = (struct hit){person, mention, likeness, why};
            return;
        }
    struct hit h = {person, mention, likeness, why};
    (void)buf_add(&q->hits, &h, sizeof h);
}

/* ---- 1 to 3: exact ---- */

/* A value finds somebody only through a record of which a summary may be shown: whoever may see less would be told by the find that somebody has this number, or who lives at this postcode. A name with a
 * date of birth is what grade 1 shows; it finds from there on. */
static enum err_code may_find(struct search *q, int64_t mention, int least_grade, bool *ret, struct err *e)
{
    _cleanup_arena_ struct arena scratch;
    struct mention m;
    arena_init(&scratch, LIMIT_REQUEST_BYTES);
    enum err_code code = intake_mention(q->s, q->v, mention, &scratch, &m, e);
    *ret = code == ERR_OK && m.shown.grade >= least_grade;
    return code == ERR_NOT_FOUND ? ERR_OK : code;
}

static enum err_code by_value(struct search *q, const char *kind, struct str value, int least_grade, const char *why, struct err *e)
{
    int64_t *ids;
    size_t n;
    ERR_TRY(intake_find(q->s, q->v, kind, value, q->a, &ids, &n, e));
    for (size_t i = 0; i < n && q->hits.n / sizeof(struct hit) < q->max; i++) {
        int64_t person;
        bool may;
        enum err_code code = store_query_int(q->s, &sql_people_of_mention, (const struct store_value[]){V_INT(ids[i])}, &person, e);
        if (code == ERR_NOT_FOUND)
            continue; /* loaded, not yet linked: haven update gives it a person */
        ERR_TRY(code);
        ERR_TRY(may_find(q, ids[i], least_grade, &may, e));
        if (may)
            hit_add(q, (uint64_t)person, ids[i], 2, why);
    }
    return ERR_OK;
}

static enum err_code by_identifiers(struct search *q, struct err *e)
{
    static const struct {
        enum identifier id;
        const char *kind, *why;
    } table[] = {
        {IDENTIFIER_nhs_number, "nhs_number", "same NHS number"},
        {IDENTIFIER_pnc_id, "pnc_id", "same PNC id"},
        {IDENTIFIER_cro_number, "cro_number", "same CRO number"},
        {IDENTIFIER_noms_number, "noms_number", "same prison number"},
        {IDENTIFIER_phone, "phone", "same telephone number"},
        {IDENTIFIER_email, "email", "same e-mail address"},
        {IDENTIFIER_postcode, "postcode", "same postcode"},
    };
    int year = civil_of_day((int32_t)(now_ms() / MS_PER_DAY)).year;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct str value;
        struct str query = table[i].id == IDENTIFIER_email ? text_fold(q->a, q->query) : q->query; /* as mention_clean() keeps it */
        if (identifier_clean(table[i].id, query, year, q->a, &value))
            ERR_TRY(by_value(q, table[i].kind, value, INTAKE_GRADE_SUMMARY, table[i].why, e));
    }
    return ERR_OK;
}

static bool date_of(struct arena *a, struct str s, struct str *ret_iso)
{
    static const struct str styles[] = {{"YYYY-MM-DD", 10}, {"DD/MM/YYYY", 10}, {"D/M/YYYY", 8}, {"DD.MM.YYYY", 10}};
    struct instant t;
    struct err ignored;
    const struct time_styles known = {styles, sizeof styles / sizeof *styles, ZONE_LONDON, 2100};
    if (instant_parse(s, &known, &t, &ignored) != ERR_OK)
        return false;
    *ret_iso = day_format_iso(a, instant_day(t));
    return ret_iso->n > 0;
}

/* "Amelia Strand 19/03/2001" */
static enum err_code by_name_and_birth(struct search *q, struct err *e)
{
    ptrdiff_t last = -1;
    struct str dob;
    for (size_t i = 0; i < q->query.n; i++)
        if (q->query.p[i] == ' ')
            last = (ptrdiff_t)i;
    if (last < 0 || !date_of(q->a, str_slice(q->query, (size_t)last + 1, q->query.n), &dob))
        return ERR_OK;
    q->query = str_trim(str_slice(q->query, 0, (size_t)last)); /* what is left is a name, for step 4 too */
    struct str name = text_fold(q->a, q->query);
    return by_value(q, "name+dob", str_fmt(q->a, "%.*s %.*s", STR_ARG(name), STR_ARG(dob)), 1, "same name and date of birth", e);
}

/* ---- 4: names ---- */

struct name_scan {
    struct search *q;
    const struct people_map *map;
    struct str words[WORDS_MAX];
    size_t n_words;
    double *best;          /* by person */
    int64_t *best_mention; /* by person */
};

static double word_likeness(struct str word, struct str names)
{
    double best = 0;
    struct str part;
    while (str_split(&names, ' ', &part)) {
        double x = str_eq(word, part) ? 1 : link_jaro_winkler(word, part);
        if (x > best)
            best = x;
    }
    return best;
}

static enum err_code scan_mention(void *ctx, const struct mention *m, struct err *e)
{
    static const enum link_person_column names[] = {LINK_PERSON_given_name, LINK_PERSON_middle_names, LINK_PERSON_surname, LINK_PERSON_former_surname};
    struct name_scan *scan = ctx;
    double sum = 0;
    (void)e;
    for (size_t w = 0; w < scan->n_words; w++) {
        double best = 0;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            double x = word_likeness(scan->words[w], m->v[names[i]]);
            if (x > best)
                best = x;
        }
        if (best < LIKE_ENOUGH)
            return ERR_OK;
        sum += best;
    }
    uint32_t person = people_map_find(scan->map, m->id);
    double likeness = sum / (double)scan->n_words + (m->v[LINK_PERSON_dob].n ? TIE : 0);
    if (person != UINT32_MAX && likeness > scan->best[person]) {
        scan->best[person] = likeness;
        scan->best_mention[person] = m->id;
    }
    return ERR_OK;
}

static enum err_code by_name(struct search *q, struct err *e)
{
    struct people_map map;
    struct name_scan scan = {.q = q, .map = &map};
    struct str rest = text_fold(q->a, q->query), word;
    while (scan.n_words < WORDS_MAX && str_split(&rest, ' ', &word))
        if (word.n)
            scan.words[scan.n_words++] = word;
    if (scan.n_words == 0 || str_find_char(q->query, '@') >= 0)
        return ERR_OK;
    _cleanup_arena_ struct arena big;
    arena_init(&big, LIMIT_PEOPLE_TABLE_BYTES);
    ERR_TRY(people_map_load(q->s, &big, &map, e));
    scan.best = ARENA_NEW(&big, double, map.n_persons);
    scan.best_mention = ARENA_NEW(&big, int64_t, map.n_persons);
    if (!scan.best || !scan.best_mention)
        return err_set(e, ERR_NO_MEMORY, "out of memory while searching by name");
    ERR_TRY(intake_each_mention(q->s, q->v, scan_mention, &scan, e));
    for (size_t i = 0; i < map.n_persons; i++) {
        struct hit h = {map.person_key[i], scan.best_mention[i], scan.best[i], scan.best[i] >= 1 ? "same name" : "similar name"};
        if (scan.best[i] > 0)
            (void)buf_add(&q->hits, &h, sizeof h);
    }
    return buf_check(&q->hits, "the list of persons found", e);
}

/* ---- all ---- */

static int hit_cmp(const void *l, const void *r)
{
    const struct hit *x = l, *y = r;
    if (x->likeness != y->likeness)
        return x->likeness > y->likeness ? -1 : 1;
    return x->person < y->person ? -1 : x->person > y->person;
}

/* The mention that shows why; when nothing of its record may be known, another of the person's of which something may. */
static enum err_code open_hit(struct search *q, const struct hit *h, bool *ret_known, struct mention *ret, struct err *e)
{
    int64_t *ids;
    size_t n;
    enum err_code code = intake_mention(q->s, q->v, h->mention, q->a, ret, e);
    if (code == ERR_NOT_FOUND) {
        ERR_TRY(people_members(q->s, h->person, q->a, &ids, &n, e));
        for (size_t i = 0; i < n && code == ERR_NOT_FOUND; i++)
            code = intake_mention(q->s, q->v, ids[i], q->a, ret, e);
    }
    *ret_known = code == ERR_OK;
    return code == ERR_NOT_FOUND ? ERR_OK : code;
}

static enum err_code hits_show(struct search *q, struct people_hit **ret, size_t *ret_n, struct err *e)
{
    struct hit *v = (void *)q->hits.p;
    size_t n = q->hits.n / sizeof *v, kept = 0;
    struct people_hit *out = ARENA_NEW(q->a, struct people_hit, n < q->max ? n : q->max);
    if (!out)
        return err_set(e, ERR_LIMIT, "the list of persons found does not fit into the memory set aside for it");
    if (n)
        qsort(v, n, sizeof *v, hit_cmp);
    for (size_t i = 0; i < n && kept < q->max; i++) {
        struct mention m;
        bool known;
        ERR_TRY(open_hit(q, &v[i], &known, &m, e));
        if (!known)
            continue;
        out[kept++] = (struct people_hit){person_id_of_key(v[i].person), m.name_as_given, m.v[LINK_PERSON_dob], str_of(v[i].why)};
    }
    *ret = out;
    *ret_n = kept;
    return ERR_OK;
}

static enum err_code by_id(struct search *q, struct err *e)
{
    uint64_t person;
    bool redirected;
    int64_t *ids;
    size_t n;
    enum err_code code = people_resolve(q->s, q->query, &person, &redirected, e);
    if (code == ERR_NOT_FOUND || code == ERR_USAGE)
        return ERR_OK; /* not an id, or nobody's */
    ERR_TRY(code);
    bool may = true;
    ERR_TRY(people_key_known(q->s, q->v, q->query, &may, e));
    ERR_TRY(people_members(q->s, person, q->a, &ids, &n, e));
    if (n && may)
        hit_add(q, person, ids[0], 3, redirected ? "was known under this id" : "this id");
    return ERR_OK;
}

enum err_code people_search(struct store *s, const struct vault *v, struct str query, size_t max, struct arena *a,
                            struct people_hit **ret, size_t *ret_n, struct err *e)
{
    struct search q = {.s = s, .v = v, .a = a, .query = str_trim(query), .max = max};
    if (q.query.n == 0)
        return err_set(e, ERR_USAGE, "nothing to search for: give an id, identifier, telephone, e-mail, postcode or name");
    buf_init(&q.hits, LIMIT_PEOPLE_MENTIONS * sizeof(struct hit));
    enum err_code code = by_id(&q, e);
    if (code == ERR_OK && q.hits.n == 0)
        code = by_identifiers(&q, e);
    if (code == ERR_OK && q.hits.n == 0)
        code = by_name_and_birth(&q, e);
    if (code == ERR_OK && q.hits.n == 0)
        code = by_name(&q, e);
    if (code == ERR_OK)
        code = hits_show(&q, ret, ret_n, e);
    buf_release(&q.hits);
    if (code == ERR_OK)
        err_clear(e);
    return code;
}
