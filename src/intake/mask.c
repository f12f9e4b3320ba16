/* mask.c: the one place where fields are taken away from those who may not see them. Every opened mention and row passes here before any
 * other code has it, so a page, a command or an export cannot show what it never got. The table says to which group a field belongs; a field that it lacks is never shown. */
#include "intake/mask.h"

#include <stddef.h>

struct field_group {
    uint32_t group;
    size_t at; /* offset of the struct str */
};
#define OF(field, g) {ACCESS_GROUP(g), offsetof(struct mention, field)}
#define COLUMN(name, g) OF(v[LINK_PERSON_##name], g)
static const struct field_group mention_fields[] = {
    COLUMN(given_name, name), COLUMN(middle_names, name), COLUMN(surname, name), COLUMN(former_surname, former_names), COLUMN(sex, name), OF(name_as_given, name),
    COLUMN(dob, birth), OF(dob_as_given, birth),
    COLUMN(postcode, address), COLUMN(address_line, address), OF(address_as_given, address), COLUMN(company_postcode, address), COLUMN(company, address),
    COLUMN(phone, phone), OF(phone_as_given, phone), COLUMN(email, phone), OF(email_as_given, phone),
    COLUMN(nhs_number, identifiers), COLUMN(pnc_id, identifiers), COLUMN(cro_number, identifiers), COLUMN(noms_number, identifiers), COLUMN(crn, identifiers),
    COLUMN(nino, identifiers), COLUMN(upn, identifiers), OF(bad_identifiers, identifiers),
};
/* Every column of the person model but its own key, and the six fields beside them. */
_Static_assert(sizeof mention_fields / sizeof *mention_fields == LINK_PERSON_N - 1 + 6, "a new field of a mention needs its group here");

void mask_mention(struct mention *m)
{
    for (size_t i = 0; i < sizeof mention_fields / sizeof *mention_fields; i++)
        if (!(m->shown.groups & mention_fields[i].group))
            *(struct str *)((char *)m + mention_fields[i].at) = STR("");
}

void mask_row_text(struct row_text *t)
{
    const uint32_t groups = t->shown.groups;
    if (!(groups & ACCESS_GROUP(summary)))
        t->source_id = t->recorded_as = STR("");
    if (!(groups & ACCESS_GROUP(narrative)))
        t->narrative = t->opinion = STR("");
    if (!(groups & ACCESS_GROUP(record)))
        t->fields = NULL, t->n_fields = 0;
}
