/* truth.c: who was really meant: one line a person, one a mention. The histories' files are written by stalking.c,
 * which knows them. */
#include "simulate/county.h"

void truth_mention(struct county *c, enum feed f, struct key record, const char *row_key, int slot,
                   const struct ward *w, uint32_t who)
{
    c->truth.n_mentions++;
    if (who == NOBODY)
        (void)fprintf(c->truth.mentions, "%s,%s,%s,%d,\n", feed_names[f], record.s, row_key, slot);
    else
        (void)fprintf(c->truth.mentions, "%s,%s,%s,%d,P%07u\n", feed_names[f], record.s, row_key, slot, w->p[who].id);
}

void truth_person(struct county *c, const struct ward *w, uint32_t who)
{
    static const char *const kin[] = {"", "twin", "same_name"};
    const struct person *p = &w->p[who];
    char given[64], surname[72];
    person_name(p, given, sizeof given, surname, sizeof surname);
    struct civil b = civil_of_day(p->born);
    (void)fprintf(c->truth.persons, "P%07u,H%u-%u,%s,%s,%s,%s,%04d-%02d-%02d,%s,%s,%d\n", p->id, w->number,
                  p->household, given, p->middle == NAME_NONE ? "" : names_given[p->middle], surname,
                  p->former == NAME_NONE ? "" : names_surname[p->former], b.year, b.month, b.day,
                  p->sex == SEX_MALE ? "male" : "female", kin[p->kin], p->n_stays - 1);
}
