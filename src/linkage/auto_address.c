/* auto_address.c: the home as one comparison, and what kin share taken back.
 *
 * House number, street, postcode and town are one fact about two records, not four: compared apart, each would count as evidence of its own, and two neighbours with one name would be one person. So they make
 * one comparison whose levels run from the same home to another town, and whose u is counted, households and all.
 *
 * People of one home also share surname and telephone. The comparison "kin" takes back what was counted twice: where surname, home and telephone agree together, its weight is the log of how much more often
 * they do so together than apart, among true pairs and among others; m and u are worked out from the pairs (auto_em.c). */
#include "linkage/auto.h"

/* ---- the home ---- */

struct home_level {
    const char *needs, *condition, *label;
};

#define STREET_ALIKE "(jaro_winkler_similarity(%t, %T) >= 0.92 OR damerau_levenshtein(%t, %T) <= 2)"

/* The first of a rank whose letters are all known: t street or line, h house number, p postcode, c town, o household. */
static const struct home_level same[] = {
    {"thp", "%t = %T AND %h = %H AND %p = %P", "same home"}, {"tp", "%t = %T AND %p = %P", "same home"}, {"th", "%t = %T AND %h = %H", "same home"}, {"hp", "%h = %H AND %p = %P", "same home"},
    {"o", "%o = %O", "same household"},                       {"t", "%t = %T", "same address"},           {"p", "%p = %P", "same postcode"},
};
static const struct home_level nearly[] = {
    {"thp", "(" STREET_ALIKE " AND %h = %H) OR (%h = %H AND %p = %P) OR (" STREET_ALIKE " AND %p = %P)", "two of street, number and postcode"},
    {"tp", "%t = %T OR (" STREET_ALIKE " AND damerau_levenshtein(%p, %P) <= 2) OR (jaro_winkler_similarity(%t, %T) >= 0.85 AND %p = %P)", "address with slips"},
    {"th", "%t = %T AND damerau_levenshtein(%h, %H) <= 1 OR " STREET_ALIKE " AND %h = %H", "address with slips"},
    {"t", STREET_ALIKE, "address with slips"},
    {"p", "damerau_levenshtein(%p, %P) <= 1", "postcode with a slip"},
};
static const struct home_level postcode[] = {{"tp", "%p = %P", "same postcode"}, {"hp", "%p = %P", "same postcode"}, {"th", "%t = %T", "same street"}};
static const struct home_level around[] = {
    {"tp", "damerau_levenshtein(%p, %P) <= 1 OR jaro_winkler_similarity(%t, %T) >= 0.9", "postcode with a slip, or street alike"},
    {"t", "jaro_winkler_similarity(%t, %T) >= 0.88", "address alike"},
    {"p", "left(%p, length(%p) - 2) = left(%P, length(%P) - 2)", "same but for the end"},
};
static const struct home_level town[] = {{"c", "jaro_winkler_similarity(%c, %C) >= 0.92", "same town"}, {"p", "left(%p, 2) = left(%P, 2)", "same area"}};

#define RANK(list) {list, sizeof list / sizeof *list}
static const struct {
    const struct home_level *levels;
    size_t n;
} ranks[] = {RANK(same), RANK(nearly), RANK(postcode), RANK(around), RANK(town)};

static const struct home_level *level_of_rank(const struct auto_plan *p, size_t rank)
{
    for (size_t i = 0; i < ranks[rank].n; i++)
        if (auto_knows(p, NULL, ranks[rank].levels[i].needs))
            return &ranks[rank].levels[i];
    return NULL;
}

const char *auto_same_home(const struct auto_plan *p)
{
    const struct home_level *l = level_of_rank(p, 0);
    return l ? l->condition : NULL;
}

static void write_condition(struct auto_plan *p, struct json_out *o, const char *condition, const char *label, bool null)
{
    jo_object(o);
    jo_key(o, "sql_condition"), jo_str(o, auto_condition(p, NULL, condition, false));
    jo_key(o, "label_for_charts"), jo_str(o, str_of(label));
    if (null)
        jo_key(o, "is_null_level"), jo_bool(o, true);
    jo_end_object(o);
}

void auto_address_write(struct auto_plan *p, struct json_out *o)
{
    const char *missing = auto_knows(p, NULL, "tp")  ? "(%t IS NULL OR %T IS NULL) AND (%p IS NULL OR %P IS NULL)"
                          : auto_knows(p, NULL, "t") ? "%t IS NULL OR %T IS NULL"
                          : auto_knows(p, NULL, "p") ? "%p IS NULL OR %P IS NULL"
                                                     : "%o IS NULL OR %O IS NULL";
    jo_array(o);
    write_condition(p, o, missing, "missing", true);
    for (size_t rank = 0; rank < sizeof ranks / sizeof *ranks; rank++) {
        const struct home_level *l = level_of_rank(p, rank);
        if (l)
            write_condition(p, o, l->condition, l->label, false);
    }
    write_condition(p, o, "ELSE", "differ", false);
    jo_end_array(o);
}

/* One field for all parts, which are not compared by themselves any more. A file with a town alone keeps it as it is. */
void auto_address_join(struct auto_plan *p)
{
    if (!auto_same_home(p))
        return;
    const struct auto_field *main = auto_field_of(p, AUTO_STREET);
    if (!main)
        main = auto_field_of(p, AUTO_POSTCODE);
    if (!main)
        main = auto_field_of(p, AUTO_HOME);
    for (size_t i = 0; i < p->n_fields; i++) {
        struct auto_field *f = &p->fields[i];
        f->part = f->role >= AUTO_HOME && f->role <= AUTO_POSTCODE;
        if (f->part)
            auto_tell(p, "comparison", f->name, "part of the comparison \"address\": a home is one fact, not as many as it has columns");
    }
    if (p->n_fields < AUTO_FIELDS)
        p->fields[p->n_fields++] = (struct auto_field){.role = AUTO_ADDRESS, .name = STR("address"), .text = main->text, .column = main->column};
}

/* ---- kin ---- */

static const struct {
    const char *needs, *label, *condition; /* @: same home; #: same telephone */
    unsigned shares;
} kin[] = {
    {"s@#", "one surname, home and telephone", "%s = %S AND @ AND #", AUTO_KIN_SURNAME | AUTO_KIN_HOME | AUTO_KIN_PHONE},
    {"s@", "one surname and home", "%s = %S AND @", AUTO_KIN_SURNAME | AUTO_KIN_HOME},
    {"@#", "one home and telephone", "@ AND #", AUTO_KIN_HOME | AUTO_KIN_PHONE},
    {"s#", "one surname and telephone", "%s = %S AND #", AUTO_KIN_SURNAME | AUTO_KIN_PHONE},
};

static bool kin_known(const struct auto_plan *p, size_t i)
{
    for (const char *c = kin[i].needs; *c; c++)
        if (*c == '@' ? !auto_same_home(p) : *c == '#' ? !auto_field_of(p, AUTO_PHONE) : !auto_knows(p, NULL, (const char[]){*c, 0}))
            return false;
    return true;
}

static struct str kin_condition(struct auto_plan *p, const char *text)
{
    struct buf b;
    buf_init(&b, LIMIT_LINK_CONDITION_BYTES);
    for (const char *c = text; *c; c++) {
        if (*c == '@')
            (void)buf_fmt(&b, "(%s)", auto_same_home(p));
        else if (*c == '#')
            (void)buf_z(&b, "%x = %X");
        else
            (void)buf_char(&b, *c);
    }
    (void)buf_char(&b, '\0');
    struct str out = b.failed ? STR_NONE : auto_condition(p, auto_field_of(p, AUTO_PHONE), b.p, false);
    buf_release(&b);
    return out;
}

unsigned auto_kin_shares(const struct auto_plan *p, size_t level)
{
    for (size_t i = 0; i < sizeof kin / sizeof *kin; i++)
        if (kin_known(p, i) && level-- == 0)
            return kin[i].shares;
    return 0;
}

bool auto_kin_write(struct auto_plan *p, struct json_out *o)
{
    if (!auto_kin_shares(p, 0))
        return false;
    jo_object(o);
    jo_key(o, "output_column_name"), jo_str(o, STR("kin"));
    jo_key(o, "comparison_levels");
    jo_array(o);
    for (size_t i = 0; i <= sizeof kin / sizeof *kin; i++) {
        bool rest = i == sizeof kin / sizeof *kin;
        if (!rest && !kin_known(p, i))
            continue;
        jo_object(o);
        jo_key(o, "sql_condition"), jo_str(o, rest ? STR("ELSE") : kin_condition(p, kin[i].condition));
        jo_key(o, "label_for_charts"), jo_str(o, rest ? STR("nothing that kin share") : str_of(kin[i].label));
        jo_key(o, "m_probability"), jo_double(o, 1);
        jo_key(o, "u_probability"), jo_double(o, 1);
        jo_key(o, "fix_m_probability"), jo_bool(o, true);
        jo_key(o, "fix_u_probability"), jo_bool(o, true);
        jo_end_object(o);
    }
    jo_end_array(o);
    jo_end_object(o);
    return true;
}
