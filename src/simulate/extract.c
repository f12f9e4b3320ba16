/* extract.c: what all feeds share: keys, sending a row in the feed's character set, headers. The columns are those
 * agreed with intake (feeds/<name>.json). */
#include "simulate/county.h"

#include <assert.h>

const char *const feed_names[FEED_N] = {"police-crime", "police-custody",   "prison",
                                        "health",       "housing",          "charity",
                                        "organisation", "police-uk-street", "police-uk-outcomes"};
const char *const feed_file_names[FEED_N] = {"police-crime.csv", "police-custody.csv",   "prison.csv",
                                             "health.csv",       "housing.csv",          "charity.jsonl",
                                             "organisation.csv", "police-uk-street.csv", "police-uk-outcomes.csv"};

static const struct shape {
    const char *header;
    enum line_end end;
    bool bom, latin, windows; /* latin: one byte a character; windows: 1252, else ISO 8859-1 */
} shapes[FEED_N] = {
    [FEED_POLICE] = {"IncidentRef,PersonSeq,LastUpdated,ReportedAt,OccurredFrom,OccurredTo,HOCode,OffenceTitle,Status,"
                     "OutcomeCode,DAFlag,Flags,LocationAddress,LocationPostcode,Role,Surname,Forenames,"
                     "FormerSurname,Alias,DOB,Sex,Address,Postcode,Phone,Email,PNCID,CRO,RelationshipToVictim,MOText",
                     LINE_LF, false, false, false},
    [FEED_CUSTODY] = {"CustodyRef,EntryNo,UpdatedAt,EventType,EventAt,IncidentRef,ASN,OffenceTitle,Surname,Forenames,"
                      "DOB,Sex,Address,Postcode,PNCID,CRO,BailType,OrderType,ValidFrom,ValidTo,Conditions,"
                      "ProtectedSurname,ProtectedForenames,ProtectedDOB,ProtectedPostcode,Notes",
                      LINE_CRLF, true, false, false},
    [FEED_PRISON] = {"EntryId|Updated|EntryType|EntryAt|Prison|NomsId|Surname|Forename|MiddleNames|DOB|PNCID|"
                     "CustodyType|ValidFrom|ValidTo|Conditions|ProtectedName|ProtectedDOB|ContactName|ContactNumber|"
                     "ContactRelationship|Remarks",
                     LINE_LF, false, true, false},
    [FEED_HEALTH] = {"EncounterId,SentAt,Provider,EncounterType,ArrivedAt,NHSNumber,FamilyName,GivenName,MiddleNames,"
                     "PreviousFamilyName,BirthDate,Gender,AddressLine,Postcode,Telephone,Email,Presenting,Note,"
                     "Flags,CarerName,CarerRelationship",
                     LINE_LF, false, false, false},
    [FEED_HOUSING] = {"ExtractDate;CaseRef;PersonNo;CaseType;Category;Opened;Closed;PersonRole;PersonName;PersonDOB;"
                      "UPRN;Address;Postcode;Phone;Email;Details",
                      LINE_CRLF, false, true, true},
    [FEED_CHARITY] = {"", LINE_LF, false, false, false},
    [FEED_ORGANISATION] = {"Ref,Sent,OrganisationKind,Organisation,When,What,Details,AboutName,AboutDOB,AboutPhone,"
                           "AboutEmail,AboutPostcode,AboutRole,OtherName,OtherRelationship,OtherRole,OtherPhone,Flags",
                           LINE_LF, false, false, false},
    [FEED_STREET] = {"Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime "
                     "type,Last outcome category,Context",
                     LINE_LF, false, false, false},
    [FEED_OUTCOMES] =
        {"Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Outcome type",
         LINE_LF, false, false, false},
};

void extract_header(enum feed f, struct buf *b)
{
    const struct shape *s = &shapes[f];
    if (s->bom)
        (void)buf_z(b, "\xEF\xBB\xBF");
    if (s->header[0]) {
        (void)buf_z(b, s->header);
        (void)buf_z(b, s->end == LINE_CRLF ? "\r\n" : "\n");
    }
}

/* In place: our texts hold only characters of Latin-1, and the euro and the typographic apostrophe where 1252 has them.
 */
static void to_single_bytes(struct buf *b, bool windows)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) {
        unsigned char ch = (unsigned char)b->p[i];
        if (ch < 0x80) {
            b->p[n++] = (char)ch;
        } else if (ch < 0xE0) {
            assert((ch == 0xC2 || ch == 0xC3) && i + 1 < b->n);
            b->p[n++] = (char)((ch & 3) << 6 | ((unsigned char)b->p[++i] & 0x3F));
        } else {
            assert(i + 2 < b->n && !memcmp(b->p + i, "\xE2\x80\x99", 3));
            i += 2;
            b->p[n++] = windows ? (char)0x92 : '\'';
        }
    }
    b->n = n;
}

void extract_send(struct county *c, enum feed f, wall version)
{
    const struct shape *s = &shapes[f];
    (void)buf_z(&c->line, s->end == LINE_CRLF ? "\r\n" : "\n");
    if (s->latin)
        to_single_bytes(&c->line, s->windows);
    rows_add(&c->rows[f], version, buf_as_str(&c->line));
    buf_clear(&c->line);
}

struct key extract_key(struct ward *w, enum feed f, const char *prefix)
{
    struct key k;
    (void)snprintf(k.s, sizeof k.s, "%s%04u%05u", prefix, w->number, ++w->serial[f]);
    w->c->records[f]++;
    return k;
}

wall extract_later(const struct county *c, struct rng *r, wall version)
{
    wall days = rng_between(r, 2, 60), later = wall_clip(c, version + days * DAY_S + rng_between(r, 60, 40000));
    return later > version + DAY_S ? later : 0;
}

uint32_t extract_see(struct ward *w, struct rng *r, uint32_t who, wall when, unsigned what, enum hide hide,
                     struct seen *s)
{
    *s = seen_nothing;
    if (who == NOBODY || hide == HIDE_ALL)
        return NOBODY;
    if (hide == HIDE_ALL_BUT_PHONE)
        what &= SEE_PHONE;
    if (hide == HIDE_ALL_BUT_FIRST_NAME)
        what &= SEE_NAME;
    see(w, r, who, when, what, s);
    if (hide == HIDE_ALL_BUT_FIRST_NAME)
        s->surname[0] = '\0';
    return seen_identifies(s) ? who : NOBODY;
}

void full_name(char *ret, size_t n, const struct seen *s)
{
    const char *parts[] = {s->given, s->middle, s->surname};
    size_t at = 0;
    ret[0] = '\0';
    for (int i = 0; i < 3; i++)
        if (parts[i][0] && at < n)
            at += (size_t)snprintf(ret + at, n - at, "%s%s", at ? " " : "", parts[i]);
}
