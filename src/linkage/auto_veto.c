/* auto_veto.c: pairs that are two people whatever else agrees. Address, telephone, surname and often the e-mail belong to a household, so no sum of them may join two of its people. Who somebody is
 * show given name, surname and date of birth, each either agreeing in some way (same, a slip, a form of the name, swapped, an initial), missing, or clearly different:
 *
 *   1. given name and date of birth differ
 *   2. surname and date of birth differ
 *   3. given names clearly different: brothers, sisters, twins, couples, flatmates (only where the file has families, auto_em.c
 *      measures that; where it knows no homes, only those of one surname)
 *   4. one name, born a generation apart: parent and child named alike; or, where the file knows homes, two dates of birth with nothing in common
 *      (where ages stand for dates: ages a generation apart)
 *   5. two given names of two sexes, one surname
 *      where dates of birth are not known, also: two surnames and nothing the same but a given name (no e-mail, telephone, home)
 *   6. no given name on one side, and the date of birth clearly different, or missing too: anyone of the household
 * Where the file knows homes or telephones, 1 is taken strictly (a form of the name is not the same name when the date of birth differs too); elsewhere nothing adds up to join two people, and the
 * scrambled rest of one is not to be lost.
 * An identifier of the person that agrees (or is a slip away) lifts 2, 4, 5 and 6, and 3 where the date of birth agrees too (identifiers are lent within a family); an e-mail lifts 4's and 6's second half. */
#include "linkage/auto.h"

/* Given names that are not forms of one: by spelling, by the table of variants, as initial or first part, swapped. */
#define GIVEN_OTHER                                                                                                                                              \
    "%g <> %G AND jaro_winkler_similarity(%g, %G) < 0.88 AND (damerau_levenshtein(%g, %G) > 2 OR (damerau_levenshtein(%g, %G) = 2 AND length(%g) <= 4) OR (length(%g) = 1 AND length(%G) = 1))" \
    " AND jaccard(lower(%g), lower(%G)) < 0.8 AND left(%g, length(%G)) <> %G AND left(%G, length(%g)) <> %g AND NOT name_variant(lower(%g), lower(%G))"
#define GIVEN_NOT_SAME "%g <> %G AND damerau_levenshtein(%g, %G) > 1 AND jaro_winkler_similarity(%g, %G) < 0.94 AND left(%g, length(%G)) <> %G AND left(%G, length(%g)) <> %g"
#define NO_FORM " AND jaccard(lower(%g), lower(%G)) < 0.8 AND NOT name_variant(lower(%g), lower(%G))"
#define NOT_SWAPPED " AND NOT coalesce(" AUTO_SWAPPED_HALF ", false)"
#define GIVEN_ALIKE "(jaro_winkler_similarity(%g, %G) >= 0.84 OR damerau_levenshtein(%g, %G) <= 1)"
#define SURNAME_ALIKE "jaro_winkler_similarity(%s, %S) >= 0.84"
#define SURNAME_OTHER "jaro_winkler_similarity(%s, %S) < 0.8 AND damerau_levenshtein(%s, %S) > 2"
#define DOB_OTHER "(damerau_levenshtein(%d, %D) > 3 OR (damerau_levenshtein(%d, %D) > 2 AND abs(TRY_CAST(%y AS INT) - TRY_CAST(%Y AS INT)) > 1))"
#define DOB_NOT_SAME "damerau_levenshtein(%d, %D) > 1"
/* a clerk swaps day and month, and does not change the year too */
#define DOB_PARTS_OTHER " AND NOT (%m = %A AND %a = %M AND damerau_levenshtein(%y, %Y) <= 1) AND NOT (%y = %Y AND (%m = %M OR %a = %A)) AND NOT (%m = %M AND %a = %A)"

enum { IF_FAMILIES = 1, IF_HOUSEHOLD = 2, UNLESS_EMAIL = 4, IF_NO_HOUSEHOLD = 8, IF_NO_SURNAME = 16, NO_LIFT = 32, LIFT_IF_DOB = 64, IF_NO_DOB = 128, UNLESS_REACHED = 256 };

static const struct veto {
    const char *needs, *label, *condition;
    unsigned flags;
} vetoes[] = {
    {"gsdyma", "given name and date of birth differ", GIVEN_NOT_SAME NO_FORM " AND " DOB_OTHER DOB_PARTS_OTHER NOT_SWAPPED, IF_NO_HOUSEHOLD | NO_LIFT},
    {"gsdyma", "given name and date of birth differ", GIVEN_NOT_SAME " AND " DOB_NOT_SAME DOB_PARTS_OTHER NOT_SWAPPED, IF_HOUSEHOLD | NO_LIFT},
    {"gsdyma", "surname and date of birth differ", SURNAME_OTHER " AND " DOB_OTHER DOB_PARTS_OTHER NOT_SWAPPED, 0},
    {"gs", "two given names", GIVEN_OTHER NOT_SWAPPED, IF_FAMILIES | IF_HOUSEHOLD | LIFT_IF_DOB},
    {"gs", "one surname, two given names", SURNAME_ALIKE " AND " GIVEN_OTHER NOT_SWAPPED, IF_FAMILIES | IF_NO_HOUSEHOLD | LIFT_IF_DOB},
    {"g", "two given names", GIVEN_OTHER, IF_FAMILIES | IF_NO_SURNAME | LIFT_IF_DOB},
    {"gsdyma", "one name, born a generation apart",
     GIVEN_ALIKE " AND " SURNAME_ALIKE " AND " DOB_OTHER DOB_PARTS_OTHER " AND abs(TRY_CAST(%y AS INT) - TRY_CAST(%Y AS INT)) >= 13", IF_FAMILIES},
    {"gsdyma", "one name, two dates of birth", GIVEN_ALIKE " AND " SURNAME_ALIKE " AND " DOB_OTHER DOB_PARTS_OTHER, IF_FAMILIES | IF_HOUSEHOLD | UNLESS_EMAIL},
    {"gsn", "one name, ages a generation apart", GIVEN_ALIKE " AND " SURNAME_ALIKE " AND abs(TRY_CAST(%n AS INT) - TRY_CAST(%N AS INT)) >= 13", IF_FAMILIES},
    {"gs", "two surnames, nothing the same but a given name", SURNAME_OTHER NOT_SWAPPED, IF_NO_DOB | UNLESS_EMAIL | UNLESS_REACHED},
    {"gdyma", "no given name, date of birth differs", "(%g IS NULL OR %G IS NULL) AND " DOB_NOT_SAME DOB_PARTS_OTHER, IF_HOUSEHOLD},
    {"gd", "neither given name nor date of birth", "(%g IS NULL OR %G IS NULL) AND (%d IS NULL OR %D IS NULL)", IF_HOUSEHOLD | UNLESS_EMAIL},
};
#define SEXES_OTHER "%x <> %X AND " SURNAME_ALIKE " AND " GIVEN_NOT_SAME NO_FORM NOT_SWAPPED

static struct str unless(struct auto_plan *p, struct str condition, enum auto_role role, const char *agrees)
{
    for (size_t i = 0; i < p->n_fields; i++)
        if (p->fields[i].role == role)
            condition = str_fmt(p->a, "%.*s AND NOT coalesce(%.*s, false)", STR_ARG(condition), STR_ARG(auto_condition(p, &p->fields[i], agrees, false)));
    return condition;
}

static void write_veto(struct auto_plan *p, struct json_out *o, const struct auto_field *x, const char *text, const char *label, unsigned flags)
{
    static const enum auto_role reached[] = {AUTO_PHONE, AUTO_STREET, AUTO_POSTCODE, AUTO_HOME};
    struct str condition = auto_condition(p, x, text, false);
    if (p->no_families || !(flags & (NO_LIFT | LIFT_IF_DOB)))
        condition = unless(p, condition, AUTO_IDENTIFIER, "damerau_levenshtein(%x, %X) <= 1");
    else if (flags & LIFT_IF_DOB && auto_field_of(p, AUTO_DOB))
        condition = unless(p, condition, AUTO_IDENTIFIER, "(damerau_levenshtein(%x, %X) <= 1 AND damerau_levenshtein(%d, %D) <= 1)");
    if (flags & UNLESS_EMAIL)
        condition = unless(p, condition, AUTO_EMAIL, "%x = %X");
    for (size_t i = 0; flags & UNLESS_REACHED && i < sizeof reached / sizeof *reached; i++)
        condition = unless(p, condition, reached[i], "damerau_levenshtein(%x, %X) <= 1");
    jo_object(o);
    jo_key(o, "condition"), jo_str(o, condition);
    jo_key(o, "label"), jo_str(o, str_of(label));
    jo_end_object(o);
}

void auto_vetoes_write(struct auto_plan *p, struct json_out *o)
{
    const struct auto_field *sex = auto_field_of(p, AUTO_SEX);
    bool household = !p->no_families && (auto_field_of(p, AUTO_STREET) || auto_field_of(p, AUTO_POSTCODE) || auto_field_of(p, AUTO_PHONE) || auto_field_of(p, AUTO_HOME));
    unsigned off = (p->no_families ? IF_FAMILIES : 0) | (household ? IF_NO_HOUSEHOLD : IF_HOUSEHOLD) | (auto_field_of(p, AUTO_SURNAME) ? IF_NO_SURNAME : 0) | (auto_field_of(p, AUTO_DOB) ? IF_NO_DOB : 0);
    jo_array(o);
    for (size_t i = 0; i < sizeof vetoes / sizeof *vetoes; i++)
        if (auto_knows(p, NULL, vetoes[i].needs) && !(vetoes[i].flags & off))
            write_veto(p, o, NULL, vetoes[i].condition, vetoes[i].label, vetoes[i].flags);
    if (sex && auto_knows(p, NULL, "gs") && !p->no_families)
        write_veto(p, o, sex, SEXES_OTHER, "two sexes, two given names", 0);
    jo_end_array(o);
}
