/* seen.c: a person as one agency writes them down in one record: the noise.
 *
 * Steps, in this order: 1 which surname and given name are used; 2 errors in them; 3 date of birth; 4 address and
 * postcode; 5 phone and e-mail; 6 numbers. Each mention throws its own dice. Formats (a space in a phone number, a
 * postcode in lower case) vary too: they are variety, not errors, and are there at noise 0. */
#include "simulate/county.h"

#include <ctype.h>

const struct seen seen_nothing = {.dob = LONG_AGO, .sex = 'U'};

static const char *accented(const char *z)
{
    static const char *const pairs[][2] = {
        {"Zoe", "Zoë"},   {"Chloe", "Chloë"},   {"Renee", "Renée"},  {"Andre", "André"},   {"Jose", "José"},
        {"Sian", "Siân"}, {"Anais", "Anaïs"},   {"Noel", "Noël"},    {"Helene", "Hélène"}, {"Beyonce", "Beyoncé"},
        {"Ines", "Inês"}, {"Celine", "Céline"}, {"Eloise", "Éloïse"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (!strcmp(z, pairs[i][0]))
            return pairs[i][1];
    return z;
}

static void surname_text(uint16_t first, uint16_t second, char *ret, size_t n)
{
    if (second == NAME_NONE)
        (void)snprintf(ret, n, "%s", names_surname[first]);
    else
        (void)snprintf(ret, n, "%s-%s", names_surname[first], names_surname[second]);
}

void person_name(const struct person *p, char *ret_given, size_t n_given, char *ret_surname, size_t n_surname)
{
    const char *given = names_given[p->given];
    (void)snprintf(ret_given, n_given, "%s", p->accent ? accented(given) : given);
    surname_text(p->surname, p->second_surname, ret_surname, n_surname);
}

/* One letter lost, doubled, swapped or changed; never the first, never inside a character of two bytes. */
static void typo(struct rng *r, char *z, size_t cap)
{
    size_t n = strlen(z);
    if (n < 4 || n + 2 > cap)
        return;
    size_t i = 1 + rng_below(r, (uint32_t)n - 2);
    for (size_t k = i - 1; k < i + 2 && k < n; k++)
        if (!isalpha((unsigned char)z[k]))
            return;
    switch (rng_below(r, 4)) {
    case 0:
        memmove(z + i, z + i + 1, n - i);
        break;
    case 1:
        memmove(z + i + 1, z + i, n - i + 1);
        break;
    case 2: {
        char t = z[i];
        z[i] = z[i + 1];
        z[i + 1] = t;
        break;
    }
    default:
        z[i] = (char)('a' + rng_below(r, 26));
    }
}

static void see_surname(const struct county *c, struct rng *r, const struct person *p, int32_t day, struct seen *s)
{
    bool renamed = p->former != NAME_NONE && p->renamed <= day;
    uint16_t now = p->former != NAME_NONE && !renamed ? p->former : p->surname;
    if (renamed && rng_chance(r, rate(c, RATE_former_surname_used)))
        now = p->former;
    surname_text(now, now == p->surname ? p->second_surname : NAME_NONE, s->surname, sizeof s->surname);
    if (rng_chance(r, rate(c, RATE_surname_typo)))
        typo(r, s->surname, sizeof s->surname);
}

static void see_given(const struct county *c, struct rng *r, const struct person *p, struct seen *s)
{
    const char *given = names_given[p->given];
    if (rng_chance(r, rate(c, RATE_nickname))) {
        if (p->familiar != NAME_NONE && rng_chance(r, 0.75))
            given = names_given[p->familiar];
        else if (p->middle != NAME_NONE && rng_chance(r, 0.6))
            given = names_given[p->middle];
        else {
            (void)snprintf(s->given, sizeof s->given, "%c", given[0]);
            return;
        }
    } else if (p->accent && rng_chance(r, 0.6)) {
        given = accented(given);
    }
    (void)snprintf(s->given, sizeof s->given, "%s", given);
    if (rng_chance(r, rate(c, RATE_given_typo)))
        typo(r, s->given, sizeof s->given);
}

static void see_name(const struct county *c, struct rng *r, const struct person *p, int32_t day, unsigned what,
                     struct seen *s)
{
    see_surname(c, r, p, day, s);
    see_given(c, r, p, s);
    if ((what & SEE_MIDDLE) && p->middle != NAME_NONE && strlen(s->given) > 1 &&
        strcmp(s->given, names_given[p->middle]) != 0 && !rng_chance(r, rate(c, RATE_middle_missing)))
        (void)snprintf(s->middle, sizeof s->middle, "%s", names_given[p->middle]);
    if (rng_chance(r, rate(c, RATE_names_swapped))) {
        char t[64];
        (void)snprintf(t, sizeof t, "%.63s", s->surname);
        (void)snprintf(s->surname, sizeof s->surname, "%s", s->given);
        (void)snprintf(s->given, sizeof s->given, "%s", t);
    }
    if ((what & SEE_HEARD) && rng_chance(r, rate(c, RATE_surname_missing)))
        s->surname[0] = '\0';
    if ((what & SEE_FORMER) && p->former != NAME_NONE && p->renamed <= day && rng_chance(r, 0.5))
        surname_text(p->former, NAME_NONE, s->former, sizeof s->former);
    if ((what & SEE_ALIAS) && p->familiar != NAME_NONE && rng_chance(r, 0.08))
        (void)snprintf(s->alias, sizeof s->alias, "%s", names_given[p->familiar]);
}

static int32_t day_of(int year, int month, int day, int32_t otherwise)
{
    int32_t ret = otherwise;
    return civil_to_day(year, month, day, &ret) ? ret : otherwise;
}

/* Always another day than the true one. */
static int32_t dob_wrong(const struct county *c, struct rng *r, int32_t born)
{
    struct civil d = civil_of_day(born);
    int32_t got = born;
    switch (rng_below(r, 5)) {
    case 0:
        got = day_of(d.year, d.day, d.month, born);
        break;
    case 1:
        got = day_of(d.year, d.month, (d.day + 9) % 28 + 1, born);
        break;
    case 2:
        got = day_of(d.year + (rng_chance(r, 0.5) ? 1 : -1), d.month, d.day, born);
        break;
    case 3:
        got = day_of(d.year - 10, d.month, d.day, born);
        break;
    default:
        got = day_of(d.year, 1, 1, born);
        break;
    }
    return got == born || got > c->end_day ? born - 1 : got;
}

static void see_dob(const struct county *c, struct rng *r, const struct person *p, unsigned what, struct seen *s)
{
    double u = rng_unit(r);
    if (u < rate(c, RATE_dob_missing) || ((what & SEE_HEARD) && rng_chance(r, rate(c, RATE_heard_of_only))))
        return;
    s->dob = u < rate(c, RATE_dob_missing) + rate(c, RATE_dob_wrong) ? dob_wrong(c, r, p->born) : p->born;
}

static void see_address(const struct county *c, struct rng *r, const struct person *p, int32_t day, unsigned what,
                        struct seen *s)
{
    if (rng_chance(r, rate(c, RATE_address_missing)) ||
        ((what & SEE_HEARD) && rng_chance(r, rate(c, RATE_heard_of_only))))
        return;
    int i = p->n_stays - 1;
    while (i > 0 && p->stays[i].from > day)
        i--;
    if (i > 0) {
        double old = rate(c, RATE_old_address);
        if (rng_chance(r, day - p->stays[i].from < 365 ? old : old / 3))
            i--;
    }
    uint32_t dwelling = p->stays[i].dwelling;
    place_address(c, dwelling, s->address, sizeof s->address);
    if (rng_chance(r, rate(c, RATE_postcode_missing)))
        return;
    place_postcode(dwelling, s->postcode);
    char *z = s->postcode;
    size_t n = strlen(z);
    if (rng_chance(r, rate(c, RATE_postcode_wrong))) {
        size_t at = n - 1 - rng_below(r, 2); /* one letter of the last two: still of the area that does not exist */
        z[at] = "ABDEFGHJLN"[rng_below(r, 10)];
    }
    if (rng_chance(r, 0.1))
        memmove(strchr(z, ' '), strchr(z, ' ') + 1, strlen(strchr(z, ' ')));
    else if (rng_chance(r, 0.04))
        for (; *z; z++)
            *z = (char)tolower((unsigned char)*z);
}

void person_number(const struct person *p, int32_t day, char ret[24])
{
    int serial = 0;
    while (serial < p->n_numbers && p->number_changed[serial] <= day)
        serial++;
    if (p->has_phone)
        id_mobile(p->id, serial, ret);
    else
        id_landline(person_dwelling(p, day), ret);
}

static void see_phone(struct ward *w, struct rng *r, uint32_t who, int32_t day, unsigned what, struct seen *s)
{
    const struct county *c = w->c;
    if (rng_chance(r, rate(c, RATE_phone_missing)) ||
        ((what & SEE_HEARD) && rng_chance(r, rate(c, RATE_heard_of_only))))
        return;
    const struct person *p = &w->p[who];
    if (!p->has_phone && p->mother != NOBODY && person_age(p, day) < 16)
        p = &w->p[p->mother]; /* a parent's number */
    char number[24];
    int32_t at = p->n_numbers && p->number_changed[0] <= day && rng_chance(r, rate(c, RATE_old_phone))
                     ? p->number_changed[0] - 1
                     : day;
    person_number(p, at, number);
    if (rng_chance(r, rate(c, RATE_phone_wrong))) {
        size_t digit = 6 + rng_below(r, 5);
        number[digit] = (char)('0' + rng_below(r, 10));
    }
    switch (rng_below(r, 5)) {
    case 0:
        (void)snprintf(s->phone, sizeof s->phone, "+44%.12s", number + 1);
        break;
    case 1:
        (void)snprintf(s->phone, sizeof s->phone, "+44 %.4s %.10s", number + 1, number + 5);
        break;
    case 2:
        (void)snprintf(s->phone, sizeof s->phone, "%.5s %.10s", number, number + 5);
        break;
    default:
        (void)snprintf(s->phone, sizeof s->phone, "%s", number);
    }
}

static void see_email(const struct county *c, struct rng *r, const struct person *p, unsigned what, struct seen *s)
{
    static const char *const domains[] = {"example.org", "example.com", "example.net"};
    int age = person_age(p, c->end_day);
    if (age < 14 || age > 85 || (p->id * 7 % 10) > 7 || rng_chance(r, rate(c, RATE_email_missing)) ||
        ((what & SEE_HEARD) && rng_chance(r, rate(c, RATE_heard_of_only))))
        return;
    char *out = s->email;
    size_t n = 0;
    for (const char *z = names_given[p->given]; *z && n < 30; z++)
        if (isalpha((unsigned char)*z))
            out[n++] = (char)tolower((unsigned char)*z);
    out[n++] = '.';
    for (const char *z = names_surname[p->surname]; *z && n < 60; z++)
        if (isalpha((unsigned char)*z))
            out[n++] = (char)tolower((unsigned char)*z);
    (void)snprintf(out + n, sizeof s->email - n, "%u@%s", p->id % 997, domains[p->id % 3]);
}

void see(struct ward *w, struct rng *r, uint32_t who, wall when, unsigned what, struct seen *s)
{
    const struct county *c = w->c;
    const struct person *p = &w->p[who];
    int32_t day = wall_day(when);
    *s = seen_nothing;
    s->sex = rng_chance(r, 0.03) ? 'U' : p->sex == SEX_MALE ? 'M' : 'F';
    if (what & SEE_NAME)
        see_name(c, r, p, day, what, s);
    if (what & SEE_DOB)
        see_dob(c, r, p, what, s);
    if (what & SEE_ADDRESS)
        see_address(c, r, p, day, what, s);
    if (what & SEE_PHONE)
        see_phone(w, r, who, day, what, s);
    if (what & SEE_EMAIL)
        see_email(c, r, p, what, s);
    if ((what & SEE_NHS) && !rng_chance(r, rate(c, RATE_nhs_missing)))
        id_nhs(c, p->id, s->nhs);
    if ((what & SEE_PNC) &&
        ((what & SEE_SURE) || (p->has_police_number && !rng_chance(r, rate(c, RATE_pnc_missing))))) {
        id_pnc(p->id, s->pnc);
        if (p->has_cro || (what & SEE_SURE && p->id % 3))
            id_cro(p->id, s->cro);
    }
    if (what & SEE_NOMS)
        id_noms(p->id, s->noms);
}

bool seen_identifies(const struct seen *s)
{
    return s->given[0] || s->surname[0] || s->former[0] || s->alias[0] || s->dob != LONG_AGO || s->address[0] ||
           s->postcode[0] || s->phone[0] || s->email[0] || s->nhs[0] || s->pnc[0] || s->cro[0] || s->noms[0];
}
