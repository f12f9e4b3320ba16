/* extract_housing.c: the housing association's full delivery: every case with its persons, as of the last day. */
#include "simulate/county.h"

struct key housing_write(struct ward *w, struct rng *r, const struct housing_case *k)
{
    struct county *c = w->c;
    struct key key = extract_key(w, FEED_HOUSING, "HA-");
    wall opened = k->opened * DAY_S;
    for (int i = 0; i < k->n; i++) {
        struct buf *b = &c->line;
        struct seen s;
        char text[200];
        bool tenant = !strcmp(k->person[i].role, "TENANT") || !strcmp(k->person[i].role, "COMPLAINANT");
        uint32_t who =
            extract_see(w, r, k->person[i].who, opened, SEE_ALL | (tenant ? 0 : SEE_HEARD), k->person[i].hide, &s);
        cell_day(b, ';', "DD.MM.YYYY", c->end_day);
        cell(b, ';', key.s);
        (void)snprintf(text, sizeof text, "%d", i + 1);
        cell(b, ';', text);
        cell(b, ';', k->type);
        cell(b, ';', k->category);
        cell_day(b, ';', "DD.MM.YYYY", k->opened);
        cell_day(b, ';', "DD.MM.YYYY", k->closed);
        cell(b, ';', k->person[i].role);
        (void)snprintf(text, sizeof text, "%s%s%s%s%s", s.surname, s.surname[0] && s.given[0] ? ", " : "", s.given,
                       s.given[0] && s.middle[0] ? " " : "", s.middle);
        cell(b, ';', text);
        cell_day(b, ';', "DD.MM.YYYY", s.dob);
        char uprn[16] = "";
        if (tenant) {
            place_uprn(k->dwelling, uprn);
            who = k->person[i].who; /* the landlord's own property number is always there */
        }
        cell(b, ';', uprn);
        cell(b, ';', s.address);
        cell(b, ';', s.postcode);
        cell(b, ';', s.phone);
        cell(b, ';', s.email);
        cell(b, ';', k->details);
        extract_send(c, FEED_HOUSING, opened);
        (void)snprintf(text, sizeof text, "%d", i + 1);
        truth_mention(c, FEED_HOUSING, key, text, 0, w, who);
    }
    return key;
}
