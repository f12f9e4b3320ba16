/* assess.c: one case file in, one line of JSON out, with the keys of the command contract in its order. */
#include "review/assess.h"

static void write_id(struct json_out *o, const struct case_file *c, ptrdiff_t record)
{
    if (record < 0)
        jo_null(o);
    else
        jo_str(o, c->records[record].source_id);
}

static void write_records(struct json_out *o, const struct case_file *c, const char *key, const bool *in)
{
    jo_key(o, key);
    jo_array(o);
    for (size_t i = 0; i < c->n; i++)
        if (in[i])
            jo_str(o, c->records[i].source_id);
    jo_end_array(o);
}

static void write_mention(struct json_out *o, struct arena *a, const struct case_file *c, size_t mention)
{
    size_t record = (size_t)c->mentions[mention].record - 1;
    jo_str(o, str_fmt(a, "%.*s#%zu", STR_ARG(c->records[record].source_id), mention - c->records[record].first_mention));
}

/* Clusters in order of their first mention. */
static void write_people(struct json_out *o, struct arena *a, const struct case_file *c)
{
    jo_key(o, "people");
    jo_array(o);
    for (uint32_t p = 0; p < c->map.n_persons; p++) {
        jo_array(o);
        for (size_t i = 0; i < c->n_mentions; i++)
            if (c->person_of[i] == p)
                write_mention(o, a, c, i);
        jo_end_array(o);
    }
    jo_end_array(o);
}

static void write_same(struct json_out *o, const struct case_file *c, const struct judged *j)
{
    jo_key(o, "same_incident");
    jo_array(o);
    for (uint32_t group = 0; group < j->n_same; group++) {
        jo_array(o);
        for (size_t i = 0; i < c->n; i++)
            if (j->same[i] == group)
                jo_str(o, c->records[i].source_id);
        jo_end_array(o);
    }
    jo_end_array(o);
}

static void write_case(struct json_out *o, struct arena *a, const struct case_file *c, const struct judged *j)
{
    static const char *const judgements[] = {[JUDGED_NO] = "no", [JUDGED_POSSIBLE] = "possible", [JUDGED_YES] = "yes"};
    jo_object(o);
    jo_key(o, "id"), jo_str(o, c->id);
    write_people(o, a, c);
    jo_key(o, "stalking"), jo_str(o, str_of(judgements[j->stalking]));
    jo_key(o, "basis");
    jo_object(o);
    write_records(o, c, "fixated", j->fixated);
    write_records(o, c, "obsessive", j->obsessive);
    write_records(o, c, "unwanted", j->unwanted);
    write_records(o, c, "repeated", j->repeated);
    jo_end_object(o);
    jo_key(o, "course_of_conduct_first_met_at"), write_id(o, c, j->course_met);
    write_records(o, c, "misrecorded", j->misrecorded);
    jo_key(o, "escalation");
    jo_object(o);
    jo_key(o, "present"), jo_bool(o, j->escalation_at >= 0);
    jo_key(o, "visible_at"), write_id(o, c, j->escalation_at);
    jo_end_object(o);
    write_records(o, c, "breach_of_order", j->breach_of_order);
    write_records(o, c, "breach_of_bail_or_licence", j->breach_of_bail);
    jo_key(o, "contact_from_custody"), jo_bool(o, j->custody_contact);
    jo_key(o, "order_indicated"), jo_str(o, str_of(j->order_indicated));
    jo_key(o, "right_to_know_relevant"), jo_bool(o, j->right_to_know);
    write_same(o, c, j);
    jo_end_object(o);
}

enum err_code review_assess(const struct link_model *m, struct str case_json, struct buf *ret, struct err *e)
{
    struct phrases *phrases;
    struct case_file c;
    struct judged j;
    _cleanup_arena_ struct arena a;
    arena_init(&a, (size_t)512 << 20);
    ERR_TRY(phrases_new(STR_NONE, &phrases, e));
    enum err_code code = case_read(&a, case_json, phrases, &c, e);
    phrases_free(phrases);
    if (code != ERR_OK)
        return code;
    ERR_TRY(case_people(m, &c, &a, e));
    ERR_TRY(case_judge(&c, &a, &j, e));
    struct json_out o;
    jo_init(&o, ret, 0);
    write_case(&o, &a, &c, &j);
    (void)buf_char(ret, '\n'); /* checked next */
    return buf_check(ret, "the assessment", e);
}
