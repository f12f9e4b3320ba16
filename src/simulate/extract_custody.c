/* extract_custody.c: arrest, bail, charge, release and orders: one row an entry of a custody record. */
#include "simulate/county.h"

static void entry_write(struct ward *w, const struct custody *k, struct key key, int number, const char *asn,
                        const struct seen *s, const struct seen *protected_person)
{
    struct county *c = w->c;
    struct buf *b = &c->line, *day = &c->text3;
    const struct custody_entry *x = &k->entry[number];
    char text[160];
    cell(b, ',', key.s);
    (void)snprintf(text, sizeof text, "%d", number + 1);
    cell(b, ',', text);
    wall version = wall_clip(c, x->at + 1800);
    cell_wall(b, ',', "DD/MM/YYYY HH:mm:ss", version);
    cell(b, ',', x->type);
    cell_wall(b, ',', "DD/MM/YYYY HH:mm:ss", x->at);
    cell(b, ',', k->incident);
    cell(b, ',', asn);
    cell(b, ',', offences[x->offence].title);
    cell(b, ',', s->surname);
    (void)snprintf(text, sizeof text, "%s%s%s", s->given, s->given[0] && s->middle[0] ? " " : "", s->middle);
    cell(b, ',', text);
    cell_day(b, ',', "DD/MM/YYYY", s->dob);
    (void)snprintf(text, sizeof text, "%c", s->sex);
    cell(b, ',', text);
    cell(b, ',', s->address);
    cell(b, ',', s->postcode);
    cell(b, ',', s->pnc);
    cell(b, ',', s->cro);
    cell(b, ',', x->bail);
    cell(b, ',', x->order);
    buf_clear(day);
    day_format(day, "DD/MM/YYYY", x->from);
    (void)buf_char(day, '\0');
    cell(b, ',', day->p);
    buf_clear(day);
    day_format(day, "DD/MM/YYYY", x->to);
    (void)buf_char(day, '\0');
    cell(b, ',', day->p);
    cell(b, ',', x->conditions);
    cell(b, ',', protected_person->surname);
    cell(b, ',', protected_person->given);
    cell_day(b, ',', "DD/MM/YYYY", protected_person->dob);
    cell(b, ',', protected_person->postcode);
    cell(b, ',', x->notes);
    extract_send(c, FEED_CUSTODY, version);
}

struct key custody_write(struct ward *w, struct rng *r, const struct custody *k)
{
    struct county *c = w->c;
    struct key key = extract_key(w, FEED_CUSTODY, "CU");
    char asn[32], number[16];
    id_asn((uint64_t)w->number * 100000 + w->serial[FEED_CUSTODY], k->year, asn);
    w->p[k->who].has_police_number = true;
    for (int i = 0; i < k->n; i++) {
        struct seen s, p = seen_nothing;
        const struct custody_entry *x = &k->entry[i];
        uint32_t who = extract_see(w, r, k->who, x->at,
                                   SEE_NAME | SEE_MIDDLE | SEE_DOB | SEE_ADDRESS | SEE_PNC | SEE_SURE, HIDE_NOT, &s);
        bool protects = k->protects != NOBODY && x->conditions[0];
        uint32_t other = NOBODY;
        if (protects) {
            (void)extract_see(w, r, k->protects, x->at, SEE_NAME | SEE_DOB | SEE_ADDRESS, HIDE_NOT, &p);
            p.address[0] = '\0'; /* the feed has the postcode only */
            other = seen_identifies(&p) ? k->protects : NOBODY;
        }
        entry_write(w, k, key, i, asn, &s, &p);
        (void)snprintf(number, sizeof number, "%d", i + 1);
        truth_mention(c, FEED_CUSTODY, key, number, 0, w, who);
        if (other != NOBODY)
            truth_mention(c, FEED_CUSTODY, key, number, 1, w, other);
    }
    return key;
}
