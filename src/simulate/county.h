/* county.h (private): what the parts of the simulation share: the county, one ward of it, its people, and the calls
 * from one part to the next.
 *
 * How it works. The county is made ward by ward; a ward is about 2,000 people (WARD_PEOPLE) who know each other:
 * partners, neighbours, colleagues and stalkers are found within it, so one ward is all that memory holds. For each
 * ward: people (population.c), their three years (lives.c), what agencies record of everybody (background.c), what
 * repeats without being stalking (disputes.c), and the histories of stalking (stalking.c). Each happening goes to
 * extract_*.c, which write it down as their agency would (seen.c adds the noise) and tell truth.c who was really meant.
 * rows.c puts the rows of each feed in the order in which the agency sent them.
 *
 * Times are London wall-clock seconds since 1970 ("wall"): lives are lived by the clock on the wall; feeds in UTC
 * convert. */
#ifndef HAVEN_SIMULATE_COUNTY_H
#define HAVEN_SIMULATE_COUNTY_H

#include "simulate/names.h"
#include "simulate/rates.h"
#include "simulate/rows.h"
#include "simulate/simulate.h"

#include <stdio.h>

#define WARD_PEOPLE 2000u
#define WARD_DWELLINGS 1500u /* the first ones are lived in at the start, the others are for those who move */
#define WARD_SPARE_FROM 1100u
#define WARD_EMPLOYERS 24
#define NOBODY UINT32_MAX
#define NEVER INT32_MAX
#define LONG_AGO INT32_MIN
#define MAX_STAYS 8
#define DAY_S INT64_C(86400)

typedef int64_t wall;

enum feed {
    FEED_POLICE,
    FEED_CUSTODY,
    FEED_PRISON,
    FEED_HEALTH,
    FEED_HOUSING,
    FEED_CHARITY,
    FEED_ORGANISATION,
    FEED_STREET,
    FEED_OUTCOMES,
    FEED_N
};
extern const char *const feed_file_names[FEED_N], *const feed_names[FEED_N];

enum kin { KIN_NONE, KIN_TWIN, KIN_SAME_NAME };

struct stay {
    int32_t from; /* day */
    uint32_t dwelling;
};

struct person {
    uint32_t id;                                                       /* in the county */
    uint32_t household;                                                /* in the ward */
    int32_t born;                                                      /* day */
    uint16_t given, middle, surname, second_surname, former, familiar; /* NAME_NONE: none */
    int32_t renamed; /* day from which `surname` holds in place of `former`; LONG_AGO: before the three years */
    uint8_t sex, kin, n_stays, n_numbers, employer; /* employer 0: none */
    bool accent, has_phone, has_police_number, has_cro, prisoner;
    bool left_home, busy;      /* parted and gone from the household; already in a history */
    int32_t number_changed[3]; /* day of the i-th change of phone number */
    struct stay stays[MAX_STAYS];
    uint32_t partner, former_partner, mother, father; /* in the ward */
    int32_t parted; /* day on which `former_partner` became former; NEVER: still together, or none */
};

struct household {
    uint32_t first, n; /* people of the ward */
    bool social;       /* tenants of the housing association */
};

struct ward {
    struct county *c;
    uint32_t number, n, n_households, n_victims, n_spells;
    struct person *p;
    struct household *h;
    uint32_t serial[FEED_N];
};

struct truth {
    FILE *persons, *mentions, *pairs, *occasions, *misrecorded, *custody_contact, *breaches;
    uint64_t n_mentions, n_occasions, n_pairs;
};

struct county {
    const struct simulate_options *o;
    struct rates rate;
    int32_t start_day, end_day; /* the last day is still inside */
    uint32_t n_wards;
    uint32_t *nhs, n_nhs; /* the six last digits of usable numbers */
    struct rows rows[FEED_N];
    struct truth truth;
    struct buf line, text, text2, text3; /* scratch */
    uint64_t records[FEED_N];
};

static inline double rate(const struct county *c, enum rate r) { return c->rate.v[r]; }
static inline int32_t wall_day(wall t) { return (int32_t)(t / DAY_S); }
static inline bool person_adult(const struct person *p, int32_t day) { return p->born <= day - 6574; /* 18 years */ }
static inline int person_age(const struct person *p, int32_t day) { return (int)((day - p->born) / 365.25); }

/* ---- population.c, lives.c ---- */
enum err_code ward_populate(struct ward *w, uint32_t number, uint32_t target, struct err *e);
void ward_release(struct ward *w);
void ward_live(struct ward *w);
double county_years(const struct county *c);
uint32_t person_dwelling(const struct person *p, int32_t day);
bool person_exists(const struct person *p, int32_t day); /* born */
/* A person of the ward who is adult (or of age from..to) on that day and is none of those two. NOBODY when a few tries
 * find none. */
uint32_t ward_pick(struct ward *w, struct rng *r, int from_age, int to_age, int32_t day, uint32_t not_a,
                   uint32_t not_b);
uint32_t ward_pick_neighbour(struct ward *w, struct rng *r, uint32_t of, int32_t day);
uint32_t ward_pick_colleague(struct ward *w, struct rng *r, uint32_t of, int32_t day);
uint32_t ward_pick_kin(struct ward *w, struct rng *r, uint32_t of, int32_t day); /* household member, else a friend */
void person_move(struct ward *w, struct rng *r, uint32_t who, int32_t day);
void person_change_number(struct person *p, int32_t day);

/* ---- places.c, ids.c: texts into a caller's buffer ---- */
void place_address(const struct county *c, uint32_t dwelling, char *ret, size_t n);
void place_postcode(uint32_t dwelling, char ret[10]);
void place_uprn(uint32_t dwelling, char ret[16]);
void place_street(const struct county *c, uint32_t dwelling, char *ret, size_t n); /* "Alder Road" */
const char *place_town(uint32_t ward);
void place_employer(const struct ward *w, int employer, char *ret, size_t n);
void place_school(const struct ward *w, int age, char *ret, size_t n);
const char *place_employer_kind(int employer); /* "employer" or "care" */

bool id_nhs_init(struct county *c);
void id_nhs(const struct county *c, uint32_t person, char ret[16]); /* "" when the range has run out */
void id_pnc(uint32_t person, char ret[20]);
void id_cro(uint32_t person, char ret[20]); /* "" when the range has run out */
void id_noms(uint32_t person, char ret[12]);
void id_asn(uint64_t serial, int year, char ret[32]);
void id_mobile(uint32_t person, int number, char ret[24]); /* 11 digits */
void id_landline(uint32_t dwelling, char ret[24]);

/* ---- seen.c: a person as one agency writes them down in one record ---- */
enum see {
    SEE_NAME = 1,
    SEE_MIDDLE = 2,
    SEE_DOB = 4,
    SEE_ADDRESS = 8,
    SEE_PHONE = 16,
    SEE_EMAIL = 32,
    SEE_FORMER = 64,
    SEE_ALIAS = 128,
    SEE_NHS = 256,
    SEE_PNC = 512,
    SEE_NOMS = 1024,
    SEE_HEARD = 2048, /* described by others: less is known */
    SEE_SURE = 4096,  /* fingerprints or a check: the number is always there */
    SEE_ALL = SEE_NAME | SEE_MIDDLE | SEE_DOB | SEE_ADDRESS | SEE_PHONE | SEE_EMAIL,
    SEE_NAME_DOB = SEE_NAME | SEE_DOB,
};
struct seen {
    char given[64], middle[48], surname[72], former[72], alias[64], address[112], postcode[12], phone[24], email[96],
        nhs[16], pnc[20], cro[20], noms[12];
    int32_t dob; /* LONG_AGO: not given */
    char sex;    /* 'M' 'F' 'U' */
};
extern const struct seen seen_nothing;
void see(struct ward *w, struct rng *r, uint32_t who, wall when, unsigned what, struct seen *ret);
bool seen_identifies(const struct seen *s); /* anything but the sex */
/* True names, for truth files and for words of third parties. */
void person_name(const struct person *p, char *ret_given, size_t n_given, char *ret_surname, size_t n_surname);

void person_number(const struct person *p, int32_t day, char ret[24]); /* their true number on that day */

/* ---- narratives.c ---- */
struct telling {                  /* what the braces of a template stand for */
    const char *victim, *suspect; /* {v} "female", {s} "ex-partner" */
    char victim_sex, suspect_sex; /* pronouns {she} {her}, {he} {his} {him}: 'U' gives they/their/them */
    const char *place;            /* {place} */
    const char *name;             /* {act}: a clause made before */
};
/* Expands "[a|b|]" choices and {words} into b (cleared first), with a typing error now and then. */
const char *narrate(struct county *c, struct rng *r, struct buf *b, const char *template, const struct telling *t);

/* ---- wall.c: time and cells of extracts ---- */
wall wall_clip(const struct county *c, wall t); /* into the three years; never the hour that March skips */
wall wall_random(const struct county *c, struct rng *r, int32_t from_day, int32_t to_day); /* daytime mostly */
wall wall_office(const struct county *c, struct rng *r, int32_t from_day, int32_t to_day); /* working hours */
wall wall_to_utc(wall t);
wall wall_recorded(const struct county *c, struct rng *r, wall t, int hours); /* when it was entered */
void wall_format(struct buf *b, const char *style, wall t);     /* YYYY MM DD D Mon HH mm ss, else literal */
void day_format(struct buf *b, const char *style, int32_t day); /* "" for LONG_AGO */
void cell(struct buf *b, char separator, const char *text);     /* RFC 4180, separator before all but the first */
void cell_wall(struct buf *b, char separator, const char *style, wall t);
void cell_day(struct buf *b, char separator, const char *style, int32_t day);
void json_text(struct buf *b, const char *text);      /* with quotes */
void flags_text(unsigned flags, char *ret, size_t n); /* "DA;CHILD" */

enum simulate_flag {
    F_DA = 1,
    F_CHILD = 2,
    F_MH = 4,
    F_ORDER = 8,
    F_BAIL = 16,
    F_LICENCE = 32,
    F_CUSTODY = 64,
    F_MOVED = 128,
    F_TRACKER = 256,
    F_COUNTER = 512,
    F_POLEMP = 1024,
    F_WEAPON = 2048,
    F_REPEAT = 4096,
    F_HIGH = 8192,
    F_STALK = 16384,
    F_STAFF = 32768
};

/* ---- truth.c ---- */
struct key {
    char s[24];
};
void truth_mention(struct county *c, enum feed f, struct key record, const char *row_key, int slot,
                   const struct ward *w, uint32_t who /* NOBODY: no identifier */);
void truth_person(struct county *c, const struct ward *w, uint32_t who);

/* ---- extract.c: what all feeds share ---- */
enum hide { HIDE_NOT, HIDE_ALL, HIDE_ALL_BUT_PHONE, HIDE_ALL_BUT_FIRST_NAME };
enum line_end { LINE_LF, LINE_CRLF };
/* Sends c->line as a row of the feed at `version`, in the feed's character set, and clears it. */
void extract_send(struct county *c, enum feed f, wall version);
void extract_header(enum feed f, struct buf *b); /* byte order mark and header row as bytes */
/* Sees a person unless hidden; returns who the mention identifies (NOBODY: nobody). */
uint32_t extract_see(struct ward *w, struct rng *r, uint32_t who, wall when, unsigned what, enum hide hide,
                     struct seen *ret);
struct key extract_key(struct ward *w, enum feed f, const char *prefix); /* "H0000120001": unique in the feed */
wall extract_later(const struct county *c, struct rng *r,
                   wall version); /* of a second version: later, inside the three years; 0: no room */
void full_name(char *ret, size_t n, const struct seen *s); /* "Given Middle Surname" of what is known */

/* ---- extract_*.c: one happening each; each returns the record's key ---- */
struct offence {
    const char *code, *title; /* code "": not a crime */
    const char *street;       /* open data's crime type, NULL: not published */
};
enum offence_id {
    OFF_STALKING,
    OFF_STALKING_FEAR,
    OFF_STALKING_ALARM,
    OFF_HARASSMENT,
    OFF_HARASSMENT_FEAR,
    OFF_MALCOMMS,
    OFF_THREATS,
    OFF_DAMAGE_HOME,
    OFF_DAMAGE_CAR,
    OFF_DAMAGE,
    OFF_ARSON_LIFE,
    OFF_ARSON,
    OFF_BURGLARY,
    OFF_BURGLARY_ATTEMPT,
    OFF_THEFT,
    OFF_SHOPLIFTING,
    OFF_CYCLE,
    OFF_THEFT_PERSON,
    OFF_CAR_THEFT,
    OFF_FROM_CAR,
    OFF_CAR_INTERFERENCE,
    OFF_COMMON_ASSAULT,
    OFF_ABH,
    OFF_GBH,
    OFF_STRANGULATION,
    OFF_RAPE,
    OFF_SEXUAL,
    OFF_AFFRAY,
    OFF_PUBLIC_ORDER,
    OFF_PUBLIC_ORDER_ALARM,
    OFF_NMO_BREACH,
    OFF_RO_BREACH,
    OFF_SPO_BREACH,
    OFF_DAPO_BREACH,
    OFF_COERCIVE,
    OFF_COMPUTER,
    OFF_FRAUD,
    OFF_ROBBERY,
    OFF_DRUGS,
    OFF_WEAPON,
    INC_DOMESTIC,
    INC_NUISANCE_CALLS,
    INC_NUISANCE_ADVICE,
    INC_SUSPICIOUS,
    INC_VEHICLE,
    INC_SUSPICIOUS_MALE,
    INC_PROWLER,
    INC_NEIGHBOUR,
    INC_ASB,
    INC_ASB_NOISE,
    INC_ASB_ENVIRONMENT,
    INC_CONCERN,
    INC_MISSING,
    INC_LOST,
    INC_CIVIL,
    INC_VISITOR,
    INC_ROAD,
    INC_UPDATE,
    INC_INTELLIGENCE,
    OFFENCE_N
};
extern const struct offence offences[OFFENCE_N];

struct party {
    uint32_t who;         /* NOBODY: nobody of the county */
    const char *role;     /* VIC SUS UNK WIT REP CHI OTH */
    const char *relation; /* on SUS: EXP PTR ..., "" */
    enum hide hide;       /* what the agency does not know of them */
    bool named_later;     /* a later version knows */
};
#define MAX_PARTIES 6
struct incident {
    wall from, to, reported;
    enum offence_id what;
    struct party party[MAX_PARTIES];
    int n;
    uint32_t dwelling; /* where */
    bool domestic;
    unsigned flags;
    const char *text;
    enum offence_id becomes; /* a later version records it as this; OFFENCE_N: never */
    int outcome;             /* 0: by chance */
};
/* The reference; `ret_final`: what the newest version records it as (may be NULL). */
struct key police_write(struct ward *w, struct rng *r, const struct incident *i, enum offence_id *ret_final);
/* The same crime in open data: a street row, and a row a month later for its outcome (0: none yet). */
void police_uk_write(struct ward *w, struct rng *r, struct key incident, wall reported, uint32_t dwelling,
                     enum offence_id what, int outcome);

struct custody_entry {
    wall at;
    const char *type; /* ARREST BAIL BAILBREACH CHARGE RELEASE RUI ORDER */
    enum offence_id offence;
    const char *bail, *order, *conditions; /* "" when none */
    int32_t from, to;                      /* days of validity; LONG_AGO: none, NEVER: until further notice */
    const char *notes;
};
struct custody {
    uint32_t who, protects; /* protects NOBODY: nobody in particular */
    const char *incident;   /* reference or "" */
    const struct custody_entry *entry;
    int n;
    int year;
};
struct key custody_write(struct ward *w, struct rng *r, const struct custody *k);

struct prison_entry {
    wall at;
    const char *type; /* RECEPTION RELEASE LICENCE RECALL CALL VISIT LETTER NOTE */
    uint32_t who, protects, contact;
    const char *custody; /* REMAND SENTENCE RECALL */
    const char *conditions, *contact_relation;
    int32_t from, to;
    const char *remarks;
    bool false_name; /* the prisoner gave another name for the person contacted */
};
struct key prison_write(struct ward *w, struct rng *r, const struct prison_entry *k);

struct encounter {
    wall at;
    uint32_t who, carer;
    const char *provider, *type; /* HOSP GP; ED OP MH GP HV */
    const char *presenting, *note, *carer_relation;
    unsigned flags;
};
struct key health_write(struct ward *w, struct rng *r, const struct encounter *k);

struct housing_case {
    int32_t opened, closed; /* closed LONG_AGO: open */
    const char *type, *category, *details;
    struct {
        uint32_t who;
        const char *role;
        enum hide hide;
    } person[6];
    int n;
    uint32_t dwelling;
};
struct key housing_write(struct ward *w, struct rng *r, const struct housing_case *k);

struct charity_line {
    wall at;
    bool minute;                  /* the time of day is known */
    const char *type;             /* referral contact disclosure */
    uint32_t client, perpetrator; /* perpetrator NOBODY: none mentioned */
    enum hide hide;
    const char *relationship;
    uint32_t child[3];
    int n_children;
    unsigned flags;
    bool reported;
    const char *title, *summary, *assessment; /* assessment NULL: none */
};
struct key charity_write(struct ward *w, struct rng *r, const struct charity_line *k);

struct organisation_form {
    wall at;
    bool minute;
    const char *kind, *organisation, *what, *details;
    uint32_t about, other;
    const char *about_role, *other_relation, *other_role;
    enum hide hide;
    unsigned flags;
};
struct key organisation_write(struct ward *w, struct rng *r, const struct organisation_form *k);

/* ---- background.c, disputes.c, stalking.c ---- */
void ward_background(struct ward *w);
void ward_disputes(struct ward *w);
void ward_stalking(struct ward *w);

#endif
