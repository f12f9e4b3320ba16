/* queue.c: the review queue: case lines in the order of keys that review.sql states. Names are opened for the lines of one page only. */
#include "review/view.h"

#include "sql/review_sql.h"

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_LIMIT, "the queue does not fit into the memory set aside for one request"); }

struct str case_id_format(struct arena *a, uint64_t key)
{
    struct person_id id = person_id_of_key(key);
    return str_fmt(a, "C%s", id.z + 1);
}

bool case_id_parse(struct str s, uint64_t *ret)
{
    char id[PERSON_ID_CHARS];
    if (s.n != PERSON_ID_CHARS || (s.p[0] != 'C' && s.p[0] != 'c'))
        return false;
    memcpy(id, s.p, sizeof id);
    id[0] = 'P'; /* the same digits as a person's id */
    return person_id_parse((struct str){id, sizeof id}, ret);
}

enum err_code case_line_read(const struct store_cursor *c, struct arena *a, struct review_case_line *ret, uint64_t ret_people[2], struct err *e)
{
    uint32_t rules = (uint32_t)store_int(c, 3), marks = (uint32_t)store_int(c, 4);
    uint8_t *list = ARENA_NEW(a, uint8_t, RULE_N);
    *ret = (struct review_case_line){
        .id = case_id_format(a, (uint64_t)store_int(c, 0)),
        .rules = list,
        .newest_occasion = {store_int(c, 5), (enum precision)store_int(c, 6)},
        .clock_due = store_int(c, 7) ? (struct instant){store_int(c, 7), PRECISION_DAY} : INSTANT_NONE,
        .n_occasions = (uint32_t)store_int(c, 8),
        .n_agencies = (uint32_t)store_int(c, 9),
        .breach = marks & MARK_breach,
        .custody_contact = marks & MARK_custody,
        .threat = marks & MARK_threat,
        .misrecorded = marks & MARK_misrecorded,
    };
    if (!list || !ret->id.p)
        return no_memory(e);
    for (uint8_t i = 0; i < RULE_N; i++)
        if (rules & 1u << i)
            list[ret->n_rules++] = i;
    ret_people[0] = (uint64_t)store_int(c, 1);
    ret_people[1] = (uint64_t)store_int(c, 2);
    return ERR_OK;
}

/* Somebody whose last mention was destroyed or withdrawn since the cases were worked out stands there without a name. */
static enum err_code person_open(struct store *s, const struct vault *v, uint64_t key, struct arena *a, struct person_view *ret, struct err *e)
{
    const struct person_id id = person_id_of_key(key);
    enum err_code code = people_show(s, v, str_of(id.z), a, ret, e);
    if (code != ERR_NOT_FOUND)
        return code;
    *ret = (struct person_view){.id = id, .name = STR("(no longer known)")};
    err_clear(e);
    return ERR_OK;
}

enum err_code case_people_open(struct store *s, const struct vault *v, const uint64_t people[2], struct arena *a, struct review_case_line *line, struct person_view *ret_victim,
                               struct person_view *ret_suspect, struct err *e)
{
    ERR_TRY(person_open(s, v, people[0], a, ret_victim, e));
    line->victim = ret_victim->id;
    line->victim_name = ret_victim->name;
    *ret_suspect = (struct person_view){0};
    if (people[1] == 0)
        return ERR_OK;
    ERR_TRY(person_open(s, v, people[1], a, ret_suspect, e));
    line->suspect = ret_suspect->id;
    line->suspect_name = ret_suspect->name;
    return ERR_OK;
}

struct clock_window review_clock_window(void)
{
    int64_t now = now_ms();
    return (struct clock_window){now, now + REVIEW_CLOCK_DAYS * MS_PER_DAY};
}

static enum err_code read_page(struct store *s, const struct review_filter *f, struct arena *a, struct review_case_line *v, uint64_t (*people)[2], size_t most, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    struct clock_window w = review_clock_window();
    int64_t bit = f->rule < 0 ? 0 : INT64_C(1) << f->rule;
    ERR_TRY(STORE_QUERY(s, sql_review_queue, &c, e, V_INT(w.now_ms), V_INT(w.horizon_ms), V_INT(bit), V_INT(f->rule), V_INT((int64_t)most), V_INT((int64_t)f->offset)));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row || *ret_n == most)
            return ERR_OK;
        ERR_TRY(case_line_read(c, a, &v[*ret_n], people[*ret_n], e));
        (*ret_n)++;
    }
}

/* Only the rules that rest on something which may be known. */
static enum err_code rules_shown(struct store *s, int64_t key, struct arena *a, struct review_case_line *line, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    uint32_t shown = 0;
    ERR_TRY(STORE_QUERY(s, sql_review_rules_shown, &c, e, V_INT(key)));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        shown |= 1u << store_int(c, 0);
    }
    uint8_t *rules = ARENA_NEW(a, uint8_t, RULE_N);
    size_t n = 0;
    if (!rules)
        return no_memory(e);
    for (size_t i = 0; i < line->n_rules; i++)
        if (shown & 1u << line->rules[i])
            rules[n++] = line->rules[i];
    line->rules = rules;
    line->n_rules = n;
    return ERR_OK;
}

static bool has_rule(const struct review_case_line *line, enum rule_index rule)
{
    for (size_t i = 0; i < line->n_rules; i++)
        if (line->rules[i] == rule)
            return true;
    return false;
}

enum err_code case_line_narrow(struct store *s, int64_t key, struct arena *a, struct review_case_line *line, bool *ret_partial, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    bool row;
    ERR_TRY(rules_shown(s, key, a, line, e));
    ERR_TRY(STORE_QUERY(s, sql_review_evidence_shown, &c, e, V_INT(key)));
    ERR_TRY(store_step(c, &row, e));
    *ret_partial = row && store_int(c, 1) < store_int(c, 0);
    if (!*ret_partial)
        return ERR_OK;
    line->n_agencies = (uint32_t)store_int(c, 2);
    line->n_occasions = (uint32_t)store_int(c, 3);
    line->newest_occasion = store_int(c, 4) ? (struct instant){store_int(c, 4), PRECISION_DAY} : INSTANT_NONE;
    line->clock_due = INSTANT_NONE;
    line->breach = line->breach && has_rule(line, RULE_order_in_force);
    line->custody_contact = line->custody_contact && has_rule(line, RULE_custody_contact);
    line->misrecorded = line->misrecorded && has_rule(line, RULE_misrecorded);
    line->threat = false; /* no rule of its own says where it stands */
    return ERR_OK;
}

enum err_code review_list(struct store *s, const struct vault *v, const struct review_filter *f, struct arena *a, struct review_queue *ret, struct err *e)
{
    int64_t total;
    struct review_queue q = {0};
    int64_t bit = f->rule < 0 ? 0 : INT64_C(1) << f->rule;
    ERR_TRY(store_query_int(s, &sql_review_queue_count, (const struct store_value[]){V_INT(bit), V_INT(f->rule)}, &total, e));
    size_t left = (size_t)total > f->offset ? (size_t)total - f->offset : 0;
    size_t most = f->limit < left ? f->limit : left;
    struct review_case_line *lines = ARENA_NEW(a, struct review_case_line, most);
    uint64_t(*people)[2] = arena_calloc(a, most, sizeof *people);
    if (!lines || !people)
        return no_memory(e);
    ERR_TRY(read_page(s, f, a, lines, people, most, &q.n, e));
    for (size_t i = 0; i < q.n; i++) {
        struct person_view victim, suspect;
        bool partial;
        ERR_TRY(case_line_narrow(s, (int64_t)case_key(people[i][0], people[i][1]), a, &lines[i], &partial, e));
        ERR_TRY(case_people_open(s, v, people[i], a, &lines[i], &victim, &suspect, e));
    }
    q.v = lines;
    q.total = (size_t)total;
    *ret = q;
    return ERR_OK;
}
