/* cmd_simulate.c: haven simulate. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "simulate/simulate.h"

static enum err_code run_simulate(struct cli *c, struct err *e)
{
    int64_t people = 50000, seed = 1;
    struct simulate_options o = {.noise = 1, .progress = c->progress};
    ERR_TRY(cli_opt_int(c, "people", 1, SIMULATE_MAX_PEOPLE, &people, e));
    ERR_TRY(cli_opt_int(c, "seed", 0, INT64_MAX, &seed, e));
    ERR_TRY(cli_opt_double(c, "noise", 0, SIMULATE_MAX_NOISE, &o.noise, e));
    o.people = (uint32_t)people;
    o.seed = (uint64_t)seed;
    struct simulate_counts n;
    ERR_TRY(simulate_run(&o, cli_opt(c, "out"), &n, e));
    static const char *const columns[] = {"feed", "rows", NULL};
    struct cli_table t;
    cli_table_start(&t, c, columns);
    for (int i = 0; simulate_feeds[i]; i++) {
        cli_cell_str(&t, str_of(simulate_feeds[i]));
        cli_cell_int(&t, (int64_t)n.rows[i]);
    }
    return cli_table_end(&t, e);
}

static const struct cli_option simulate_options[] = {
    {"people", "N", "how many people live in the county (1 to 5,000,000; 50,000 when not given)", false, false},
    {"seed", "S", "another seed, another county (1 when not given)", false, false},
    {"noise", "X", "how badly agencies write people down: 0 not at all, 1 as documented, 2 twice that", false, false},
    {"out", "DIR", "where to write extracts/ and truth/: a new or empty directory, or an earlier county", true, false},
    {NULL, NULL, NULL, false, false},
};

const struct cli_command cli_simulate[] = {
    {"simulate", "", "make the fictional county of Ouseshire: every agency's extract, and the truth",
     "Three years of a county that does not exist, ending on 31 October 2026, as each agency would send it, with the truth about who is who and which histories are stalking. The same arguments give the same bytes. "
     "Nobody in it is real: telephone numbers, e-mails and identifiers come from ranges that can reach nobody (docs/simulate.md).",
     simulate_options, CLI_NEEDS_NOTHING, 0, 0, run_simulate},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
