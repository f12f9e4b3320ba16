/* extract_health.c: hospital and practice contacts; times in UTC; a second version now and then. */
#include "simulate/county.h"

static void row_write(struct ward *w, const struct encounter *k, struct key key, wall version, const struct seen *s,
                      const char *carer)
{
    struct county *c = w->c;
    struct buf *b = &c->line;
    char flags[96];
    cell(b, ',', key.s);
    cell_wall(b, ',', "YYYY-MM-DD HH:mm:ss", wall_to_utc(version));
    cell(b, ',', k->provider);
    cell(b, ',', k->type);
    cell_wall(b, ',', "YYYY-MM-DD HH:mm:ss", wall_to_utc(k->at));
    cell(b, ',', s->nhs);
    cell(b, ',', s->surname);
    cell(b, ',', s->given);
    cell(b, ',', s->middle);
    cell(b, ',', s->former);
    cell_day(b, ',', "YYYYMMDD", s->dob);
    cell(b, ',', s->sex == 'M' ? "1" : s->sex == 'F' ? "2" : "9");
    cell(b, ',', s->address);
    cell(b, ',', s->postcode);
    cell(b, ',', s->phone);
    cell(b, ',', s->email);
    cell(b, ',', k->presenting);
    cell(b, ',', k->note);
    flags_text(k->flags, flags, sizeof flags);
    cell(b, ',', flags);
    cell(b, ',', carer);
    cell(b, ',', carer[0] ? k->carer_relation : "");
    extract_send(c, FEED_HEALTH, version);
}

struct key health_write(struct ward *w, struct rng *r, const struct encounter *k)
{
    struct county *c = w->c;
    struct key key = extract_key(w, FEED_HEALTH, "E");
    struct seen s, x;
    char carer[160];
    const unsigned what = SEE_ALL | SEE_FORMER | SEE_NHS;
    wall version = wall_recorded(c, r, k->at, 30),
         second = rng_chance(r, rate(c, RATE_late_version) / 4) ? extract_later(c, r, version) : 0;
    uint32_t who = extract_see(w, r, k->who, k->at, what, HIDE_NOT, &s),
             carer_who = extract_see(w, r, k->carer, k->at, SEE_NAME, HIDE_NOT, &x);
    full_name(carer, sizeof carer, &x);
    row_write(w, k, key, version, &s, carer);
    if (second) {
        who = extract_see(w, r, k->who, k->at, what, HIDE_NOT, &s);
        row_write(w, k, key, second, &s, carer);
    }
    truth_mention(c, FEED_HEALTH, key, "", 0, w, who);
    if (carer[0])
        truth_mention(c, FEED_HEALTH, key, "", 1, w, carer_who);
    return key;
}
