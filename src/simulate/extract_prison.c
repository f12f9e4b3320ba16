/* extract_prison.c: reception, release, licence, recall, and the log of calls, visits and letters: one row an entry. */
#include "simulate/county.h"

static const char *prison_of(uint32_t person)
{
    return (const char *const[]){"OUH", "FNX", "WXM", "SQY"}[person % 4];
} /* not codes in use, as far as known */

struct key prison_write(struct ward *w, struct rng *r, const struct prison_entry *k)
{
    struct county *c = w->c;
    struct buf *b = &c->line;
    struct key key = extract_key(w, FEED_PRISON, "PE");
    struct seen s, p, x;
    char name[160];
    wall version = wall_clip(c, k->at + rng_between(r, 600, 172800));
    uint32_t who =
        extract_see(w, r, k->who, k->at, SEE_NAME | SEE_MIDDLE | SEE_DOB | SEE_PNC | SEE_NOMS | SEE_SURE, HIDE_NOT, &s);
    uint32_t protects = extract_see(w, r, k->protects, k->at, SEE_NAME_DOB, HIDE_NOT, &p);
    uint32_t contact = extract_see(w, r, k->contact, k->at, SEE_NAME, HIDE_NOT, &x);
    if (k->contact != NOBODY && !strcmp(k->type, "CALL")) {
        person_number(&w->p[k->contact], wall_day(k->at),
                      x.phone); /* the telephone system keeps the number that was dialled */
        contact = k->contact;
    }
    cell(b, '|', key.s);
    cell_wall(b, '|', "DD-Mon-YYYY HH:mm", version);
    cell(b, '|', k->type);
    cell_wall(b, '|', "DD-Mon-YYYY HH:mm", k->at);
    cell(b, '|', prison_of(w->p[k->who].id));
    cell(b, '|', s.noms);
    cell(b, '|', s.surname);
    cell(b, '|', s.given);
    cell(b, '|', s.middle);
    cell_day(b, '|', "DD-Mon-YYYY", s.dob);
    cell(b, '|', s.pnc);
    cell(b, '|', k->custody);
    cell_day(b, '|', "DD-Mon-YYYY", k->from);
    cell_day(b, '|', "DD-Mon-YYYY", k->to);
    cell(b, '|', k->conditions);
    full_name(name, sizeof name, &p);
    cell(b, '|', name);
    cell_day(b, '|', "DD-Mon-YYYY", p.dob);
    if (k->false_name && contact != NOBODY) { /* only the number tells who was rung */
        const char *given = names_given[name_draw_given(r, SEX_MALE, 1990)];
        (void)snprintf(name, sizeof name, "%s %s", given, names_surname[name_draw_surname(r)]);
    } else {
        full_name(name, sizeof name, &x);
    }
    cell(b, '|', name);
    cell(b, '|', x.phone);
    cell(b, '|', k->contact_relation);
    cell(b, '|', k->remarks);
    extract_send(c, FEED_PRISON, version);
    truth_mention(c, FEED_PRISON, key, "", 0, w, who);
    if (k->protects != NOBODY && (p.given[0] || p.surname[0] || p.dob != LONG_AGO))
        truth_mention(c, FEED_PRISON, key, "", 1, w, protects);
    if (name[0] || x.phone[0])
        truth_mention(c, FEED_PRISON, key, "", 2, w, contact);
    return key;
}
