/* ids.c: identifiers that pass their checks and belong to nobody (docs/simulate.md says why of each range).
 *
 * Each is a function of the person's number in the county, one to one, so none is shared. Where a range has run out
 * (very large counties) the person has no such number. */
#include "simulate/county.h"

#include <stdlib.h>

static const char letters[] = "ZABCDEFGHJKLMNPQRTUVWXY"; /* of PNC, CRO and ASN: number mod 23 */

/* The check digit of nine digits, or 10 when they have none. */
static uint32_t nhs_check(uint32_t nine)
{
    uint32_t sum = 0;
    for (uint32_t weight = 2; weight <= 10; weight++, nine /= 10)
        sum += nine % 10 * weight;
    uint32_t c = 11 - sum % 11;
    return c == 11 ? 0 : c;
}

/* The digits after 999 of every number of that range that has a check digit: about ten in eleven of a million. */
bool id_nhs_init(struct county *c)
{
    c->nhs = malloc(1000000 * sizeof *c->nhs);
    for (uint32_t body = 0; c->nhs && body < 1000000; body++)
        if (nhs_check(999000000 + body) != 10)
            c->nhs[c->n_nhs++] = body;
    return c->nhs != NULL;
}

void id_nhs(const struct county *c, uint32_t person, char ret[16])
{
    ret[0] = '\0';
    if (person >= c->n_nhs)
        return;
    uint32_t nine =
        999000000 + c->nhs[(uint64_t)person * 610639 % c->n_nhs]; /* a prime that does not divide the number of them */
    (void)snprintf(ret, 16, "%09u%u", nine, nhs_check(nine));
}

/* PNC: serials from 9,000,000 a year; about a million are issued a year. */
void id_pnc(uint32_t person, char ret[20])
{
    uint32_t year = 2004 + person % 22, serial = 9000000 + person / 22;
    uint64_t number = (uint64_t)(year % 100) * 10000000 + serial;
    (void)snprintf(ret, 20, "%u/%07u%c", year, serial, letters[number % 23]);
}

/* CRO: serials from 900,000 a year. */
void id_cro(uint32_t person, char ret[20])
{
    uint32_t year = 4 + person % 22, serial = 900000 + person / 22;
    ret[0] = '\0';
    if (serial < 1000000)
        (void)snprintf(ret, 20, "%06u/%02u%c", serial, year, letters[((uint64_t)year * 1000000 + serial) % 23]);
}

/* Prison numbers: first letter Z. */
void id_noms(uint32_t person, char ret[12])
{
    uint32_t rest = person / 10000 % 676;
    (void)snprintf(ret, 12, "Z%04u%c%c", person % 10000, (char)('A' + rest / 26), (char)('A' + rest % 26));
}

/* ASN: force 98, unit ZZ, system 01. */
void id_asn(uint64_t serial, int year, char ret[32])
{
    uint64_t sequence = serial % UINT64_C(100000000000), yy = (uint64_t)(year % 100);
    /* force, system, year and sequence as one number, modulo 23 */
    uint64_t head = (98 * 100 + 1) * 100 + yy;
    uint64_t check = ((head % 23) * (UINT64_C(100000000000) % 23) + sequence % 23) % 23;
    (void)snprintf(ret, 32, "%02u98ZZ01%011llu%c", (unsigned)yy, (unsigned long long)sequence, letters[check]);
}

/* Mobiles: 072 and eight digits. */
void id_mobile(uint32_t person, int number, char ret[24])
{
    uint64_t i = ((uint64_t)person * 4 + (uint64_t)number) * UINT64_C(61803399) % UINT64_C(100000000);
    (void)snprintf(ret, 24, "072%08llu", (unsigned long long)i);
}

/* Landlines: 01632, a code that is not in use; local numbers 200000 to 899999. */
void id_landline(uint32_t dwelling, char ret[24])
{
    (void)snprintf(ret, 24, "01632%06u", 200000 + (uint32_t)((uint64_t)dwelling * 433494437 % 700000));
}
