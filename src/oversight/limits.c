/* limits.c: reads reference/oversight.tsv. A row that is not known, missing, twice or out of its range is an error with its line: a rule must never be
 * off, or run on a wrong figure, because of a slip of the pen. */
#include "oversight/world.h"

static const struct {
    const char *rule, *name;
    size_t offset;
    int64_t least, most;
} rows[] = {
#define X(rule, name, least, most) {#rule, #name, offsetof(struct oversight_limits, rule##_##name), (least), (most)},
    OVERSIGHT_LIMITS(X)
#undef X
};
#define N_ROWS (sizeof rows / sizeof *rows)

static enum err_code read_row(struct str line, int number, struct oversight_limits *l, bool *seen, struct err *e)
{
    struct str rule, name, value;
    int64_t v;
    if (!str_split(&line, '\t', &rule) || !str_split(&line, '\t', &name) || !str_split(&line, '\t', &value) || !line.n)
        return err_set(e, ERR_FORMAT, "oversight.tsv:%d: a row is rule, name, value and why, with tabs between", number);
    for (size_t i = 0; i < N_ROWS; i++) {
        if (!str_eq(rule, str_of(rows[i].rule)) || !str_eq(name, str_of(rows[i].name)))
            continue;
        if (seen[i])
            return err_set(e, ERR_FORMAT, "oversight.tsv:%d: %s %s stands there twice", number, rows[i].rule, rows[i].name);
        if (!str_to_int64(value, &v) || v < rows[i].least || v > rows[i].most)
            return err_set(e, ERR_FORMAT, "oversight.tsv:%d: %s %s must be a whole number from %lld to %lld", number, rows[i].rule, rows[i].name,
                           (long long)rows[i].least, (long long)rows[i].most);
        memcpy((char *)l + rows[i].offset, &v, sizeof v);
        seen[i] = true;
        return ERR_OK;
    }
    return err_set(e, ERR_FORMAT, "oversight.tsv:%d: there is no such rule and name", number);
}

enum err_code oversight_limits_read(struct arena *a, struct str tsv, const struct oversight_limits **ret, struct err *e)
{
    struct oversight_limits *l = ARENA_NEW(a, struct oversight_limits, 1);
    bool seen[N_ROWS] = {false};
    struct str line;
    if (!l)
        return err_set(e, ERR_NO_MEMORY, "no memory for the thresholds of the insider rules");
    if (tsv.n > LIMIT_OVERSIGHT_LIST_BYTES)
        return err_set(e, ERR_LIMIT, "oversight.tsv is longer than %zu bytes", LIMIT_OVERSIGHT_LIST_BYTES);
    for (int number = 1; str_split(&tsv, '\n', &line); number++)
        if (line.n && line.p[0] != '#')
            ERR_TRY(read_row(line, number, l, seen, e));
    for (size_t i = 0; i < N_ROWS; i++)
        if (!seen[i])
            return err_set(e, ERR_FORMAT, "oversight.tsv: the row %s %s is missing", rows[i].rule, rows[i].name);
    const int64_t on[OVERSIGHT_N_RULES] = {l->R1_on, l->R2_on, l->R3_on, l->R4_on, l->R5_on, l->R6_on, l->R7_on, l->R8_on, l->R9_on,
                                           l->R10_on, l->R11_on, l->R12_on, l->R13_on, l->R14_on, l->R15_on, l->R16_on, l->R17_on, l->R18_on, l->R19_on};
    for (size_t i = 0; i < OVERSIGHT_N_RULES; i++)
        l->on[i] = on[i];
    *ret = l;
    return ERR_OK;
}

enum err_code oversight_limits_builtin(struct arena *a, const struct oversight_limits **ret, struct err *e)
{
    struct str text;
    if (!oversight_file(STR("oversight.tsv"), &text))
        return err_set(e, ERR_NOT_FOUND, "oversight.tsv is not built into this program");
    return oversight_limits_read(a, text, ret, e);
}
