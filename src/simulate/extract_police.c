/* extract_police.c: crimes and incidents, one row a person. A second version may come with an outcome, a name that was
 * not known, or another classification. */
#include "simulate/county.h"

const struct offence offences[OFFENCE_N] = {
    [OFF_STALKING] = {"19512", "Stalking s.2A", "Violence and sexual offences"},
    [OFF_STALKING_FEAR] = {"00865", "Stalking s.4A fear of violence", "Violence and sexual offences"},
    [OFF_STALKING_ALARM] = {"00866", "Stalking s.4A serious alarm or distress", "Violence and sexual offences"},
    [OFF_HARASSMENT] = {"19594", "Harassment s.2", "Violence and sexual offences"},
    [OFF_HARASSMENT_FEAR] = {"00830", "Harassment s.4 fear of violence", "Violence and sexual offences"},
    [OFF_MALCOMMS] = {"", "Malicious communications", "Violence and sexual offences"},
    [OFF_THREATS] = {"00301", "Threats to kill", "Violence and sexual offences"},
    [OFF_DAMAGE_HOME] = {"05801", "Criminal damage to dwelling", "Criminal damage and arson"},
    [OFF_DAMAGE_CAR] = {"05803", "Criminal damage to vehicle", "Criminal damage and arson"},
    [OFF_DAMAGE] = {"05804", "Criminal damage", "Criminal damage and arson"},
    [OFF_ARSON_LIFE] = {"05601", "Arson endangering life", "Criminal damage and arson"},
    [OFF_ARSON] = {"05602", "Arson", "Criminal damage and arson"},
    [OFF_BURGLARY] = {"02803", "Burglary residential", "Burglary"},
    [OFF_BURGLARY_ATTEMPT] = {"02804", "Attempted burglary residential", "Burglary"},
    [OFF_THEFT] = {"04901", "Theft", "Other theft"},
    [OFF_SHOPLIFTING] = {"04600", "Theft from shop", "Shoplifting"},
    [OFF_CYCLE] = {"04400", "Theft of pedal cycle", "Bicycle theft"},
    [OFF_THEFT_PERSON] = {"03902", "Theft from person", "Theft from the person"},
    [OFF_CAR_THEFT] = {"04801", "Theft of vehicle", "Vehicle crime"},
    [OFF_FROM_CAR] = {"04510", "Theft from vehicle", "Vehicle crime"},
    [OFF_CAR_INTERFERENCE] = {"12601", "Interfering with a motor vehicle", "Vehicle crime"},
    [OFF_COMMON_ASSAULT] = {"10501", "Common assault", "Violence and sexual offences"},
    [OFF_ABH] = {"00806", "Assault occasioning actual bodily harm", "Violence and sexual offences"},
    [OFF_GBH] = {"00801", "Grievous bodily harm s.20", "Violence and sexual offences"},
    [OFF_STRANGULATION] = {"00873", "Non-fatal strangulation", "Violence and sexual offences"},
    [OFF_RAPE] = {"01908", "Rape of a person aged 16 or over", "Violence and sexual offences"},
    [OFF_SEXUAL] = {"02003", "Sexual assault", "Violence and sexual offences"},
    [OFF_AFFRAY] = {"12509", "Affray", "Public order"},
    [OFF_PUBLIC_ORDER] = {"12510", "Public order s.5", "Public order"},
    [OFF_PUBLIC_ORDER_ALARM] = {"12511", "Public order s.4A", "Public order"},
    [OFF_NMO_BREACH] = {"06691", "Breach of non-molestation order", "Other crime"},
    [OFF_RO_BREACH] = {"", "Breach of restraining order", "Other crime"},
    [OFF_SPO_BREACH] = {"", "Breach of stalking protection order", "Other crime"},
    [OFF_DAPO_BREACH] = {"", "Breach of domestic abuse protection order", "Other crime"},
    [OFF_COERCIVE] = {"00867", "Controlling or coercive behaviour", "Violence and sexual offences"},
    [OFF_COMPUTER] = {"", "Computer misuse", "Other crime"},
    [OFF_FRAUD] = {"05301", "Fraud by false representation", "Other crime"},
    [OFF_ROBBERY] = {"03401", "Robbery of personal property", "Robbery"},
    [OFF_DRUGS] = {"09230", "Possession of cannabis", "Drugs"},
    [OFF_WEAPON] = {"01090", "Possession of a bladed article", "Possession of weapons"},
    [INC_DOMESTIC] = {"", "Domestic incident - no crime", NULL},
    [INC_NUISANCE_CALLS] = {"", "Nuisance calls - no crime", NULL},
    [INC_NUISANCE_ADVICE] = {"", "Nuisance calls - advice", NULL},
    [INC_SUSPICIOUS] = {"", "Suspicious circumstances", NULL},
    [INC_VEHICLE] = {"", "Suspicious vehicle", NULL},
    [INC_SUSPICIOUS_MALE] = {"", "Suspicious male - area search", NULL},
    [INC_PROWLER] = {"", "Suspicious person - prowler", NULL},
    [INC_NEIGHBOUR] = {"", "Neighbour dispute", NULL},
    [INC_ASB] = {"", "Anti-social behaviour - nuisance", "Anti-social behaviour"},
    [INC_ASB_NOISE] = {"", "Anti-social behaviour - noise", "Anti-social behaviour"},
    [INC_ASB_ENVIRONMENT] = {"", "Anti-social behaviour - environmental", "Anti-social behaviour"},
    [INC_CONCERN] = {"", "Concern for safety", NULL},
    [INC_MISSING] = {"", "Missing person", NULL},
    [INC_LOST] = {"", "Lost property", NULL},
    [INC_CIVIL] = {"", "Civil dispute - advice", NULL},
    [INC_VISITOR] = {"", "Visitor dispute", NULL},
    [INC_ROAD] = {"", "Road related incident", NULL},
    [INC_UPDATE] = {"", "Victim update call", NULL},
    [INC_INTELLIGENCE] = {"", "Contact record - intelligence", NULL},
};

/* Serials are unique in a year; the county's refs are not in the order of time, as those of several control rooms are
 * not. */
static struct key incident_key(struct ward *w, wall reported)
{
    struct key k;
    uint64_t serial = (uint64_t)w->number * 4000 + ++w->serial[FEED_POLICE];
    (void)snprintf(k.s, sizeof k.s, "98/%07llu/%02d", (unsigned long long)(serial * 7368787 % 10000000),
                   civil_of_day(wall_day(reported)).year % 100);
    w->c->records[FEED_POLICE]++;
    return k;
}

static const char *dob_text(struct buf *b, int32_t dob)
{
    buf_clear(b);
    day_format(b, "DD/MM/YYYY", dob);
    (void)buf_char(b, '\0');
    return b->p;
}

static void row_write(struct ward *w, const struct incident *i, struct key key, int seq, wall version,
                      enum offence_id what, const char *status, int outcome, const char *role, const char *relation,
                      const struct seen *s)
{
    struct county *c = w->c;
    struct buf *b = &c->line;
    char text[160], place[112], postcode[12] = "", flags[96];
    const struct offence *o = &offences[what];
    cell(b, ',', key.s);
    (void)snprintf(text, sizeof text, "%d", seq);
    cell(b, ',', text);
    cell_wall(b, ',', "YYYY-MM-DDTHH:mm:ss", version);
    cell_wall(b, ',', "DD/MM/YYYY HH:mm", i->reported);
    cell_wall(b, ',', "DD/MM/YYYY HH:mm", i->from);
    if (i->to > i->from)
        cell_wall(b, ',', "DD/MM/YYYY HH:mm", i->to);
    else
        cell(b, ',', "");
    cell(b, ',', o->code);
    cell(b, ',', o->title);
    cell(b, ',', status);
    (void)snprintf(text, sizeof text, "%d", outcome);
    cell(b, ',', outcome ? text : "");
    cell(b, ',', i->domestic ? "Y" : o->code[0] ? "N" : "");
    flags_text(i->flags, flags, sizeof flags);
    cell(b, ',', flags);
    place_address(c, i->dwelling, place, sizeof place);
    place_postcode(i->dwelling, postcode);
    cell(b, ',', place);
    cell(b, ',', postcode);
    cell(b, ',', role);
    cell(b, ',', s->surname);
    (void)snprintf(text, sizeof text, "%s%s%s", s->given, s->given[0] && s->middle[0] ? " " : "", s->middle);
    cell(b, ',', text);
    cell(b, ',', s->former);
    cell(b, ',', s->alias);
    cell(b, ',', dob_text(&c->text3, s->dob));
    (void)snprintf(text, sizeof text, "%c", s->sex);
    cell(b, ',', text);
    cell(b, ',', s->address);
    cell(b, ',', s->postcode);
    cell(b, ',', s->phone);
    cell(b, ',', s->email);
    cell(b, ',', s->pnc);
    cell(b, ',', s->cro);
    cell(b, ',', relation);
    cell(b, ',', i->text);
    extract_send(c, FEED_POLICE, version);
}

static bool is_crime(enum offence_id what) { return what < INC_DOMESTIC; }

/* Home Office outcome number; 0 still open. */
static int outcome_draw(struct rng *r, bool suspect_known)
{
    static const uint8_t known[] = {16, 16, 16, 15, 15, 1, 8, 21, 10, 3, 16, 15},
                         unknown[] = {18, 18, 18, 18, 18, 18, 14, 18};
    return suspect_known ? known[rng_below(r, sizeof known)] : unknown[rng_below(r, sizeof unknown)];
}

static unsigned sees(const struct party *p)
{
    bool suspect = !strcmp(p->role, "SUS") || !strcmp(p->role, "UNK");
    return SEE_ALL | SEE_FORMER | SEE_ALIAS | (suspect ? SEE_PNC | SEE_HEARD : strcmp(p->role, "VIC") ? SEE_HEARD : 0);
}

static void parties_see(struct ward *w, struct rng *r, const struct incident *i, bool later, struct seen *seen,
                        uint32_t *who)
{
    for (int k = 0; k < i->n; k++) {
        const struct party *p = &i->party[k];
        enum hide hide = later && p->named_later ? HIDE_NOT : p->hide;
        if (!later || p->named_later || rng_chance(r, 0.3))
            who[k] = extract_see(w, r, p->who, i->reported, sees(p), hide, &seen[k]);
    }
}

struct key police_write(struct ward *w, struct rng *r, const struct incident *i, enum offence_id *ret_final)
{
    struct county *c = w->c;
    struct key key = incident_key(w, i->reported);
    struct seen seen[MAX_PARTIES];
    uint32_t who[MAX_PARTIES];
    bool suspect_known = false, named_later = false;
    for (int k = 0; k < i->n; k++) {
        suspect_known |= !strcmp(i->party[k].role, "SUS") && i->party[k].hide == HIDE_NOT;
        named_later |= i->party[k].named_later;
    }
    int outcome = !is_crime(i->what) ? 0 : i->outcome ? i->outcome : outcome_draw(r, suspect_known);
    bool slow = rng_chance(r, 0.4),
         again = rng_chance(r, rate(c, RATE_late_version)) || named_later || i->becomes != OFFENCE_N;
    wall days = slow ? rng_between(r, 2, 20) : 0,
         version = wall_clip(c, i->reported + days * DAY_S + rng_between(r, 600, 70000)),
         second = again ? extract_later(c, r, version) : 0;
    enum offence_id what = i->what;
    parties_see(w, r, i, false, seen, who);
    for (int k = 0; k < i->n; k++)
        row_write(w, i, key, k + 1, version, what, slow ? "Filed" : "Under investigation",
                  slow && !second ? outcome : 0, i->party[k].role, i->party[k].relation, &seen[k]);
    if (second) {
        what = i->becomes != OFFENCE_N ? i->becomes : what;
        parties_see(w, r, i, true, seen, who);
        for (int k = 0; k < i->n; k++)
            row_write(w, i, key, k + 1, second, what, outcome == 1 ? "Charged" : "Filed", outcome,
                      i->party[k].named_later ? "SUS" : i->party[k].role, i->party[k].relation, &seen[k]);
    }
    for (int k = 0; k < i->n; k++) {
        char seq[16];
        (void)snprintf(seq, sizeof seq, "%d", k + 1);
        truth_mention(c, FEED_POLICE, key, seq, 0, w, who[k]);
    }
    if (offences[what].street)
        police_uk_write(w, r, key, i->reported, i->dwelling, what,
                        rng_chance(r, 0.88) ? outcome : 0); /* published later than our extract: more are closed */
    if (ret_final)
        *ret_final = what;
    return key;
}
