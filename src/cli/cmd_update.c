/* cmd_update.c: haven update: links and reviews what is stored. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "flow/flow.h"

#define OUTPUT_BYTES ((size_t)64 << 10)

struct figure {
    const char *name, *text;
    double value;
    int decimals;
};

static enum err_code print_text(struct cli *c, const struct figure *f, size_t n)
{
    for (size_t i = 0; i < n; i++)
        fprintf(c->out, "%-40s %12.*f\n", f[i].text, f[i].decimals, f[i].value);
    return ERR_OK;
}

static enum err_code print_json(struct cli *c, const struct figure *f, size_t n, struct err *e)
{
    _cleanup_buf_ struct buf b;
    struct json_out o;
    buf_init(&b, OUTPUT_BYTES);
    jo_init(&o, &b, 1);
    jo_object(&o);
    for (size_t i = 0; i < n; i++) {
        jo_key(&o, f[i].name);
        if (f[i].decimals)
            jo_double(&o, f[i].value);
        else
            jo_int(&o, (int64_t)f[i].value);
    }
    jo_end_object(&o);
    ERR_TRY(buf_check(&b, "the output", e));
    (void)fwrite(b.p, 1, b.n, c->out); /* the door checks the stream */
    fputc('\n', c->out);
    return ERR_OK;
}

static enum err_code run_update(struct cli *c, struct err *e)
{
    struct link_model *m;
    struct flow_counts n;
    ERR_TRY(link_model_person(&m, e));
    enum err_code code = flow_update(c->store, c->vault, m, c->progress, &n, e);
    link_model_free(m);
    ERR_TRY(code);
    const struct people_counts *p = &n.people;
    const struct review_counts *r = &n.review;
    const struct figure figures[] = {
        {"mentions", "Mentions of people", (double)p->mentions, 0},
        {"persons", "Persons", (double)p->persons, 0},
        {"changed", "Mentions whose person changed", (double)p->changed_memberships, 0},
        {"band", "Pairs for clerical review", (double)p->band_pairs, 0},
        {"events", "Events", (double)r->events, 0},
        {"occasions", "Occasions", (double)r->occasions, 0},
        {"cases", "Cases for review", (double)r->cases, 0},
        {"reasons", "Reasons in them", (double)r->reasons, 0},
        {"people_seconds", "Seconds for who is who", p->seconds_read + p->seconds_link + p->seconds_write, 2},
        {"review_seconds", "Seconds for review", r->seconds_code + r->seconds_rules + r->seconds_write, 2},
    };
    return c->json ? print_json(c, figures, sizeof figures / sizeof *figures, e) : print_text(c, figures, sizeof figures / sizeof *figures);
}

const struct cli_command cli_update[] = {
    {"update", "", "work out again who is who, and review what changed",
     "Persons are computed from all that is currently stated, and only what differs is written; then the cases. haven load does this at its end unless --no-update is given.",
     NULL, CLI_MAY(update, hub), 0, 0, run_update},
    {0},
};
