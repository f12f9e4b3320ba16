/* extract_police_uk.c: the same crimes as open data publishes them: no persons, the month, a place nearby, the last
 * outcome. Coordinates lie in the North Sea and area codes are not issued, so that no map shows a street of somebody.
 * Anti-social behaviour has no id and no outcome; equal rows are distinct happenings. */
#include "simulate/county.h"

static const char *outcome_category(int outcome, bool in_outcomes)
{
    switch (outcome) {
    case 0:
        return in_outcomes ? NULL : "Under investigation";
    case 1:
        return in_outcomes ? "Suspect charged" : "Awaiting court outcome";
    case 3:
        return "Offender given a caution";
    case 8:
        return "Local resolution";
    case 10:
        return "Formal action is not in the public interest";
    case 18:
        return "Investigation complete; no suspect identified";
    case 20:
        return "Action to be taken by another organisation";
    case 21:
        return "Further investigation is not in the public interest";
    default:
        return "Unable to prosecute suspect";
    }
}

static void crime_id(const struct county *c, struct key incident, char ret[65])
{
    uint64_t x = str_hash(str_of(incident.s), c->o->seed);
    for (int i = 0; i < 4; i++) {
        x = rng_mix(x + (uint64_t)i * UINT64_C(0x9e3779b97f4a7c15) + 1);
        (void)snprintf(ret + i * 16, 17, "%016llx", (unsigned long long)x);
    }
}

static void common_cells(struct buf *b, const struct county *c, const char *id, wall month, uint32_t dwelling)
{
    uint32_t ward = dwelling / WARD_DWELLINGS;
    char text[128], street[64];
    (void)buf_z(b, id); /* may be empty */
    (void)buf_char(b, ',');
    wall_format(b, "YYYY-MM", month);
    cell(b, ',', "Ouseshire Police");
    cell(b, ',', "Ouseshire Police");
    uint64_t x = rng_mix(dwelling / 24 + 3);
    (void)snprintf(text, sizeof text, "1.%06u,54.%06u", (unsigned)(200000 + ward * 137 % 600000 + x % 2000),
                   (unsigned)(100000 + ward * 211 % 300000 + (x >> 20) % 2000));
    (void)buf_char(b, ',');
    (void)buf_z(b, text);
    place_street(c, dwelling, street, sizeof street);
    (void)snprintf(text, sizeof text, "On or near %s", street);
    cell(b, ',', text);
    (void)snprintf(text, sizeof text, "E0199%04u", ward % 10000);
    cell(b, ',', text);
    (void)snprintf(text, sizeof text, "%s %03u%c", place_town(ward), ward / 4 % 1000, (char)('A' + ward % 4));
    cell(b, ',', text);
}

void police_uk_write(struct ward *w, struct rng *r, struct key incident, wall reported, uint32_t dwelling,
                     enum offence_id what, int outcome)
{
    struct county *c = w->c;
    bool asb = !strcmp(offences[what].street, "Anti-social behaviour");
    char id[65] = "";
    if (!asb)
        crime_id(c, incident, id);
    struct civil d = civil_of_day(wall_day(reported));
    wall month = (wall_day(reported) - (d.day - 1)) * DAY_S,
         later = wall_clip(c, month + rng_between(r, 30, 150) * DAY_S);
    const char *type = outcome_category(outcome, true);
    bool has_outcome = !asb && type && wall_day(later) / 28 > wall_day(month) / 28;
    common_cells(&c->line, c, id, month, dwelling);
    cell(&c->line, ',', offences[what].street);
    cell(&c->line, ',', asb ? "" : has_outcome ? outcome_category(outcome, false) : "Under investigation");
    cell(&c->line, ',', "");
    extract_send(c, FEED_STREET, month);
    c->records[FEED_STREET]++;
    if (!has_outcome)
        return;
    struct civil l = civil_of_day(wall_day(later));
    later = (wall_day(later) - (l.day - 1)) * DAY_S;
    common_cells(&c->line, c, id, later, dwelling);
    cell(&c->line, ',', type);
    extract_send(c, FEED_OUTCOMES, later);
    c->records[FEED_OUTCOMES]++;
}
