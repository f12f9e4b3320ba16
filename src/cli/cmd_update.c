/* cmd_update.c: haven update: links and reviews what is stored. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "flow/flow.h"

static enum err_code run_update(struct cli *c, struct err *e)
{
    static const char *const columns[] = {"mentions", "persons", "changed", "for_review", "events", "occasions", "cases", "reasons", "seconds_people",
                                          "seconds_review", NULL};
    struct link_model *m;
    struct flow_counts n;
    ERR_TRY(link_model_person(&m, e));
    enum err_code code = flow_update(c->store, c->vault, m, c->progress, &n, e);
    link_model_free(m);
    ERR_TRY(code);
    const uint64_t counts[] = {n.people.mentions, n.people.persons, n.people.changed_memberships, n.people.band_pairs,
                               n.review.events, n.review.occasions, n.review.cases, n.review.reasons};
    struct cli_table t;
    cli_table_start(&t, c, columns);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        cli_cell_int(&t, (int64_t)counts[i]);
    cli_cell_double(&t, n.people.seconds_read + n.people.seconds_link + n.people.seconds_write, 2);
    cli_cell_double(&t, n.review.seconds_code + n.review.seconds_rules + n.review.seconds_write, 2);
    return cli_table_end(&t, e);
}

const struct cli_command cli_update[] = {
    {"update", "", "work out again who is who, and review what changed",
     "Persons are computed from all that is currently stated, and only what differs is written; then the cases. haven load does this at its end unless --no-update is given.",
     NULL, CLI_NEEDS_HUB | CLI_NEEDS_PERSONAL, 0, 0, run_update},
    {0},
};
