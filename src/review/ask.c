/* ask.c: opening cases under a permit: the one path by which both doors show the queue and a case. Opening a case names it as what the look is for. */
#include "review/view.h"

#include "sql/review_sql.h"

static enum err_code both_keys(struct asking *q, const uint64_t people[2], uint64_t **ret, size_t *ret_n, uint32_t *ret_conflict, struct err *e)
{
    struct people_asked of[2] = {0};
    size_t n = 0;
    *ret_conflict = 0;
    for (int i = 0; i < 2; i++)
        if (people[i]) {
            of[i].conflicts = of[0].conflicts;
            ERR_TRY(people_find(q, ACCESS_view, str_of(person_id_of_key(people[i]).z), &of[i], e));
            *ret_conflict |= people_conflict_with(of[i].conflicts, of[i].person);
        }
    uint64_t *keys = ARENA_NEW(q->arena, uint64_t, of[0].n + of[1].n);
    if (!keys)
        return err_set(e, ERR_LIMIT, "the case does not fit into the memory set aside for one request");
    for (int i = 0; i < 2; i++)
        for (size_t k = 0; k < of[i].n; k++)
            keys[n++] = of[i].keys[k];
    *ret = keys;
    *ret_n = n;
    return ERR_OK;
}

enum err_code review_permit(struct asking *q, enum access_action action, struct str case_id, struct err *e)
{
    uint64_t key, people[2];
    struct asking_object o = {.kind = ACCESS_KIND_case, .id = case_id, .belongs = true};
    uint64_t *keys;
    if (!case_id_parse(case_id, &key))
        return err_set(e, ERR_USAGE, "a case id is the letter C and 13 digits or letters, as haven review list shows it");
    enum err_code code = review_case_present(q->hub->store, key, &key, people, e);
    if (code == ERR_NOT_FOUND) {
        ERR_TRY(asking_nothing(q, action, ACCESS_KIND_case, case_id, e));
        return err_set(e, ERR_NOT_FOUND, "there is no such case");
    }
    ERR_TRY(code);
    o.id = case_id_format(q->arena, key); /* a former id is recorded as what it is now */
    if (!o.id.p)
        return err_set(e, ERR_NO_MEMORY, "out of memory for a case");
    if (!q->words.basis.n)
        q->words.basis = o.id;
    o.belongs = str_eq_nocase(q->words.basis, o.id);
    q->basis_exists |= o.belongs;
    ERR_TRY(both_keys(q, people, &keys, &o.n_subjects, &o.conflict, e));
    o.subjects = keys;
    return asking_permit(q, action, &o, e);
}

enum err_code review_basis_exists(struct store *s, struct str basis, bool *ret, struct err *e)
{
    uint64_t key, people[2];
    *ret = false;
    if (!case_id_parse(basis, &key))
        return ERR_OK;
    enum err_code code = review_case_present(s, key, &key, people, e);
    *ret = code == ERR_OK;
    return code == ERR_NOT_FOUND ? ERR_OK : code;
}

enum err_code review_belongs(struct store *s, struct str basis, uint64_t person, bool *ret, struct err *e)
{
    uint64_t key, people[2];
    *ret = false;
    if (!case_id_parse(basis, &key))
        return ERR_OK; /* a meeting, which names its own objects */
    enum err_code code = review_case_present(s, key, &key, people, e);
    if (code == ERR_NOT_FOUND)
        return ERR_OK;
    ERR_TRY(code);
    *ret = people[0] == person || people[1] == person;
    return ERR_OK;
}

enum err_code review_case_agencies(struct store *s, struct str case_id, struct arena *a, struct str *ret_id, int64_t **ret, size_t *ret_n, struct err *e)
{
    uint64_t key, people[2];
    int64_t *of[2] = {NULL, NULL};
    size_t n[2] = {0, 0};
    if (!case_id_parse(case_id, &key))
        return err_set(e, ERR_USAGE, "a case id is the letter C and 13 digits or letters, as haven review list shows it");
    ERR_TRY(review_case_present(s, key, &key, people, e));
    for (int i = 0; i < 2; i++)
        if (people[i])
            ERR_TRY(people_agencies(s, people[i], a, &of[i], &n[i], e));
    int64_t *all = ARENA_NEW(a, int64_t, n[0] + n[1] + 1);
    struct str id = case_id_format(a, key);
    if (!all || !id.p)
        return err_set(e, ERR_NO_MEMORY, "out of memory for a case");
    for (int i = 0; i < 2; i++)
        for (size_t k = 0; k < n[i]; k++)
            all[(i ? n[0] : 0) + k] = of[i][k];
    *ret_id = id;
    *ret = all;
    *ret_n = n[0] + n[1];
    return ERR_OK;
}

/* ---- the queue ---- */

/* Cases in whose people the asker has an interest are not in their queue; nor are reasons that rest only on what may not be shown to them. */
static enum err_code keep_allowed(struct asking *q, struct review_queue *queue, struct err *e)
{
    struct people_conflicts *conflicts;
    ERR_TRY(people_conflicts(q, &conflicts, e));
    struct review_case_line *lines = ARENA_NEW(q->arena, struct review_case_line, queue->n);
    size_t kept = 0;
    if (!lines)
        return err_set(e, ERR_LIMIT, "the queue does not fit into the memory set aside for one request");
    for (size_t i = 0; i < queue->n; i++) {
        struct access_decision d;
        uint64_t victim = 0, suspect = 0;
        (void)person_id_parse(str_of(queue->v[i].victim.z), &victim); /* ours; an unknown suspect is nobody */
        (void)person_id_parse(str_of(queue->v[i].suspect.z), &suspect);
        const struct asking_object o = {.kind = ACCESS_KIND_case, .id = queue->v[i].id,
                                        .conflict = people_conflict_with(conflicts, victim) | people_conflict_with(conflicts, suspect)};
        ERR_TRY(asking_may(q, &o, &d, e));
        if (d.allowed)
            lines[kept++] = queue->v[i];
    }
    queue->v = lines;
    queue->n = kept;
    return ERR_OK;
}

static enum err_code show_queue(struct asking *q, const struct review_queue *queue, struct err *e)
{
    uint64_t *shown = ARENA_NEW(q->arena, uint64_t, 2 * queue->n);
    size_t n = 0;
    if (!shown)
        return err_set(e, ERR_LIMIT, "the queue does not fit into the memory set aside for one request");
    for (size_t i = 0; i < queue->n; i++) {
        (void)person_id_parse(str_of(queue->v[i].victim.z), &shown[n++]);
        if (queue->v[i].suspect.z[0])
            (void)person_id_parse(str_of(queue->v[i].suspect.z), &shown[n++]);
    }
    return asking_show(q, shown, n, queue->n, e);
}

enum err_code review_ask_list(struct asking *q, const struct review_filter *f, struct review_queue *ret, struct err *e)
{
    const struct asking_object o = {.kind = ACCESS_KIND_case, .id = STR("queue")};
    struct review_queue queue;
    ERR_TRY(asking_permit(q, ACCESS_list, &o, e));
    ERR_TRY(review_list(q->hub->store, q->hub->vault, f, q->arena, &queue, e));
    ERR_TRY(keep_allowed(q, &queue, e));
    ERR_TRY(show_queue(q, &queue, e));
    *ret = queue;
    return ERR_OK;
}

enum err_code review_ask_show(struct asking *q, enum access_action action, struct str case_id, struct review_case_view *ret, struct err *e)
{
    ERR_TRY(review_permit(q, action, case_id, e));
    return review_show(q->hub->store, q->hub->vault, case_id, q->arena, ret, e);
}
