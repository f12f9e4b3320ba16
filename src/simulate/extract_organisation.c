/* extract_organisation.c: the plain form of schools, employers and anyone. */
#include "simulate/county.h"

struct key organisation_write(struct ward *w, struct rng *r, const struct organisation_form *k)
{
    struct county *c = w->c;
    struct buf *b = &c->line;
    struct key key = extract_key(w, FEED_ORGANISATION, "ORG");
    struct seen s, x;
    char text[160];
    wall version = wall_recorded(c, r, k->at, 72);
    uint32_t about =
        extract_see(w, r, k->about, k->at, SEE_NAME_DOB | SEE_PHONE | SEE_EMAIL | SEE_ADDRESS, HIDE_NOT, &s);
    uint32_t other = extract_see(w, r, k->other, k->at, SEE_NAME | SEE_PHONE | SEE_HEARD, k->hide, &x);
    if (s.address[0] && !s.postcode[0] && !s.given[0] && !s.surname[0] && s.dob == LONG_AGO && !s.phone[0] &&
        !s.email[0])
        about = NOBODY; /* the form has no field for an address */
    cell(b, ',', key.s);
    cell_wall(b, ',', "YYYY-MM-DD HH:mm", version);
    cell(b, ',', k->kind);
    cell(b, ',', k->organisation);
    cell_wall(b, ',', k->minute ? "D Mon YYYY HH:mm" : "D Mon YYYY", k->at);
    cell(b, ',', k->what);
    cell(b, ',', k->details);
    full_name(text, sizeof text, &s);
    cell(b, ',', text);
    cell_day(b, ',', "D Mon YYYY", s.dob);
    cell(b, ',', s.phone);
    cell(b, ',', s.email);
    cell(b, ',', s.postcode);
    cell(b, ',', k->about_role);
    full_name(text, sizeof text, &x);
    bool has_other = k->other_role[0] != '\0';
    cell(b, ',', text);
    cell(b, ',', k->other_relation);
    cell(b, ',', k->other_role);
    cell(b, ',', x.phone);
    flags_text(k->flags, text, sizeof text);
    cell(b, ',', text);
    extract_send(c, FEED_ORGANISATION, version);
    truth_mention(c, FEED_ORGANISATION, key, "", 0, w, about);
    if (has_other)
        truth_mention(c, FEED_ORGANISATION, key, "", 1, w, other);
    return key;
}
