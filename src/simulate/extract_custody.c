/* extract_custody.c: arrest, bail, charge, release and orders: one row an entry of a custody record. */
#include "simulate/county.h"

#include <assert.h>

static void entry_write(struct ward *w, const struct custody *k, struct key key, int number, wall version,
                        const char *asn, const struct seen *s, const struct seen *protected_person)
{
    struct county *c = w->c;
    struct buf *b = &c->line, *day = &c->text3;
    const struct custody_entry *x = &k->entry[number];
    char text[160];
    cell(b, ',', key.s);
    (void)snprintf(text, sizeof text, "%d", number + 1);
    cell(b, ',', text);
    cell_wall(b, ',', "DD/MM/YYYY HH:mm:ss", version);
    cell(b, ',', x->type);
    cell_wall(b, ',', "DD/MM/YYYY HH:mm:ss", x->at);
    cell(b, ',', k->incident);
    cell(b, ',', asn);
    cell(b, ',', offences[x->offence].title);
    cell(b, ',', s->surname);
    (void)snprintf(text, sizeof text, "%.63s%s%.47s", s->given, s->given[0] && s->middle[0] ? " " : "", s->middle);
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

#define MAX_ENTRIES 6

/* Whenever an entry is added the whole record is sent again with the entry's time: a version of a record is all its
 * rows. */
struct key custody_write(struct ward *w, struct rng *r, const struct custody *k)
{
    struct county *c = w->c;
    struct key key = extract_key(w, FEED_CUSTODY, "CU");
    struct seen s[MAX_ENTRIES], p[MAX_ENTRIES];
    char asn[32], number[16];
    assert(k->n > 0 && k->n <= MAX_ENTRIES);
    id_asn((uint64_t)w->number * 100000 + w->serial[FEED_CUSTODY], k->year, asn);
    w->p[k->who].has_police_number = true;
    for (int i = 0; i < k->n; i++) {
        const struct custody_entry *x = &k->entry[i];
        (void)snprintf(number, sizeof number, "%d", i + 1);
        p[i] = seen_nothing;
        uint32_t who = extract_see(w, r, k->who, x->at,
                                   SEE_NAME | SEE_MIDDLE | SEE_DOB | SEE_ADDRESS | SEE_PNC | SEE_SURE, HIDE_NOT, &s[i]);
        truth_mention(c, FEED_CUSTODY, key, number, 0, w, who);
        if (k->protects == NOBODY || !x->conditions[0])
            continue;
        (void)extract_see(w, r, k->protects, x->at, SEE_NAME | SEE_DOB | SEE_ADDRESS, HIDE_NOT, &p[i]);
        p[i].address[0] = '\0'; /* the feed has the postcode only */
        if (seen_identifies(&p[i]))
            truth_mention(c, FEED_CUSTODY, key, number, 1, w, k->protects);
    }
    for (int last = 0; last < k->n; last++) {
        wall version = wall_clip(c, k->entry[last].at + 1800);
        if (last + 1 < k->n && wall_clip(c, k->entry[last + 1].at + 1800) == version)
            continue; /* sent with the next */
        for (int i = 0; i <= last; i++)
            entry_write(w, k, key, i, version, asn, &s[i], &p[i]);
    }
    return key;
}
