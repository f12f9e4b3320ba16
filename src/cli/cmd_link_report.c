/* cmd_link_report.c: haven link report: a linkage run as one HTML file, for people. */
#include "cli/commands.h"
#include "cli/link_job.h"
#include "report/report.h"

/* ---- options ---- */

static struct str base_name(struct str path)
{
    for (size_t i = path.n; i > 0; i--)
        if (path.p[i - 1] == '/')
            return str_slice(path, i, path.n);
    return path;
}

static enum err_code name_files(struct cli *c, struct str *ret, struct err *e)
{
    struct str all = base_name(str_of(c->args[0]));
    for (size_t i = 1; i < c->n_args && all.p; i++) {
        struct str one = base_name(str_of(c->args[i]));
        all = str_fmt(c->arena, "%.*s%s%.*s", STR_ARG(all), i + 1 == c->n_args ? " and " : ", ", STR_ARG(one));
    }
    *ret = all;
    return all.p ? ERR_OK : err_set(e, ERR_LIMIT, "too many files to name");
}

static enum err_code find_pair(const struct link_job *j, const char *given, struct link_cannot *ret, struct err *e)
{
    struct str rest = str_of(given), l, r;
    size_t row_l, row_r;
    if (!str_split(&rest, ',', &l) || !str_split(&rest, ',', &r) || rest.n)
        return err_set(e, ERR_USAGE, "--pair takes two ids with a comma between");
    ERR_TRY(link_job_find(j, l, &row_l, e));
    ERR_TRY(link_job_find(j, r, &row_r, e));
    if (row_l == row_r)
        return err_set(e, ERR_USAGE, "--pair takes two different records");
    *ret = (struct link_cannot){(uint32_t)row_l, (uint32_t)row_r};
    return ERR_OK;
}

static enum err_code find_pairs(struct cli *c, const struct link_job *j, struct report_options *o, struct err *e)
{
    size_t n = 0;
    while (cli_opt_nth(c, "pair", n))
        n++;
    struct link_cannot *pairs = ARENA_NEW(c->arena, struct link_cannot, n + 1);
    if (!pairs)
        return err_set(e, ERR_LIMIT, "too many pairs (--pair)");
    for (size_t i = 0; i < n; i++)
        ERR_TRY(find_pair(j, cli_opt_nth(c, "pair", i), &pairs[i], e));
    o->pairs = pairs;
    o->n_pairs = n;
    return ERR_OK;
}

static enum err_code read_options(struct cli *c, struct link_job *j, struct report_options *o, struct err *e)
{
    *o = (struct report_options){.model = j->model, .table = j->table, .id = j->id, .source = j->source, .with_values = cli_has(c, "with-values")};
    ERR_TRY(link_job_options(c, j, link_model_threshold(j->model), &o->run, e));
    ERR_TRY(link_job_method(c, j, &o->method, e));
    ERR_TRY(name_files(c, &o->title, e));
    return find_pairs(c, j, o, e);
}

static enum err_code run_report(struct cli *c, struct err *e)
{
    _cleanup_link_job_ struct link_job j = {0};
    _cleanup_link_known_ struct link_job_known known = {0};
    _cleanup_arena_ struct arena page;
    struct report_options o;
    arena_init(&page, LIMIT_REPORT_BYTES);
    ERR_TRY(link_job_known_open(c, &j, false, &known, e));
    ERR_TRY(read_options(c, &j, &o, e));
    o.truth = known.truth;
    o.labels = cli_has(c, "labels") ? &known.labels : NULL;
    o.least_score = known.least;
    ERR_TRY(cli_output(c, cli_opt(c, "output"), e));
    return report_write(&o, &page, c->out, e);
}

/* ---- the table ---- */

static const struct cli_option report_options_list[] = {
    LINK_OPTION_MODEL,
    LINK_OPTIONS_KNOWN,
    {"pair", "ID,ID", "a pair to take apart; may be repeated", false, true},
    {"with-values", NULL, "show values of the records too: the file is then personal data, and says so", false, false},
    LINK_OPTION_THRESHOLD, LINK_OPTION_METHOD, LINK_OPTIONS_RUN, LINK_OPTION_OUTPUT, LINK_OPTION_END};

const struct cli_command cli_link_report[] = {
    {"link report", "A.csv [B.csv …]", "compare records and write what came out as one HTML page with pictures",
     "One file that needs nothing else, no network and no JavaScript: match weights, m and u, single pairs taken apart, the histogram, a tool to choose the threshold, blocking, and "
     "clusters to look into, each picture with its table. A truth or labelled pairs add precision, recall, F1 and ROC. Records are shown by their ids, unless --with-values is given.",
     report_options_list, CLI_NEEDS_NOTHING, 1, SIZE_MAX, run_report},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL},
};
