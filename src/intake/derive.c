/* derive.c: what a row says: its event, its persons, the relations between them.
 *
 * A pure function of the feed and the row's text, so that it can be made again from what is stored. See row.h. */
#include "intake/row.h"

/* ---- persons ---- */

static bool is_there(const struct feed_person *p, const struct row *r, int item)
{
    for (size_t i = 0; i < p->n_shows; i++)
        if (row_value(r, p->shows[i], item).n)
            return true;
    return false;
}

/* How many elements the list of a person with "each" has. */
static int elements_of(const struct feed *f, const struct feed_person *p, const struct row *r)
{
    int most = -1;
    for (size_t i = 0; r->elements && i < r->n; i++)
        if (r->columns[i] >= 0 && r->elements[i] > most && str_starts(f->columns[r->columns[i]], p->each))
            most = r->elements[i];
    return most + 1;
}

size_t facts_persons_most(const struct feed *f, const struct row *r)
{
    size_t n = f->n_persons;
    if (n && f->persons[n - 1].each.n)
        n += (size_t)elements_of(f, &f->persons[n - 1], r);
    return n;
}

/* A list of phones in one cell or several elements: the first that is well formed is compared, all can be found. */
static void phones_of(const struct feed_person *p, const struct row *r, int item, struct arena *a, struct str *given, struct fact_mention *ret)
{
    struct str all = item < 0 ? row_joined(r, p->phone, a) : row_value(r, p->phone, item);
    ret->m.phone_as_given = all;
    given[LINK_PERSON_phone] = all;
    if (str_find_char(all, ';') < 0)
        return;
    given[LINK_PERSON_phone] = STR("");
    for (struct str rest = all, one; str_split(&rest, ';', &one);) {
        struct str clean;
        if (!identifier_clean(IDENTIFIER_phone, one, 0, a, &clean)) {
            given[LINK_PERSON_phone] = given[LINK_PERSON_phone].n ? given[LINK_PERSON_phone] : str_trim(one);
            continue;
        }
        if (ret->n_finds == 0)
            given[LINK_PERSON_phone] = clean;
        if (ret->n_finds < FACT_FINDS_MAX / 3)
            ret->finds[ret->n_finds++] = (struct fact_find){"phone", clean};
    }
}

static void names_of(const struct feed_person *p, const struct row *r, int item, struct arena *a, struct str *given, struct mention *m)
{
    given[LINK_PERSON_given_name] = row_value(r, p->given, item);
    given[LINK_PERSON_middle_names] = row_value(r, p->middle, item);
    given[LINK_PERSON_surname] = row_value(r, p->surname, item);
    given[LINK_PERSON_former_surname] = row_value(r, p->former_surname, item);
    struct str full = str_trim(row_value(r, p->full_name, item)), alias = str_trim(row_value(r, p->alias, item));
    if (full.n) {
        struct name_parts parts = name_split(p->style, full, a);
        given[LINK_PERSON_given_name] = parts.given;
        given[LINK_PERSON_surname] = parts.surname;
        m->name_as_given = full;
    } else {
        const struct str list[] = {given[LINK_PERSON_given_name], given[LINK_PERSON_middle_names], given[LINK_PERSON_surname]};
        m->name_as_given = STR("");
        for (size_t i = 0; i < 3; i++)
            if (list[i].n)
                m->name_as_given = m->name_as_given.n ? str_fmt(a, "%.*s %.*s", STR_ARG(m->name_as_given), STR_ARG(list[i])) : list[i];
    }
    if (alias.n == 0)
        return;
    m->name_as_given = m->name_as_given.n ? str_fmt(a, "%.*s (also %.*s)", STR_ARG(m->name_as_given), STR_ARG(alias)) : alias;
    struct name_parts other = name_split(NAME_STYLE_forenames_surname, alias, a);
    struct str *middle = &given[LINK_PERSON_middle_names];
    if (given[LINK_PERSON_given_name].n == 0)
        given[LINK_PERSON_given_name] = other.given;
    else if (other.given.n)
        *middle = middle->n ? str_fmt(a, "%.*s %.*s", STR_ARG(*middle), STR_ARG(other.given)) : other.given;
    if (given[LINK_PERSON_surname].n == 0)
        given[LINK_PERSON_surname] = other.surname;
    else if (given[LINK_PERSON_former_surname].n == 0 && !str_eq_nocase(other.surname, given[LINK_PERSON_surname]))
        given[LINK_PERSON_former_surname] = other.surname;
}

static void dob_of(const struct feed *f, const struct feed_person *p, const struct row *r, int item, int year, struct arena *a, struct str *given,
                   struct mention *m)
{
    struct instant born;
    map_time(f, &p->dob, r, item, year, &born, &m->dob_as_given);
    given[LINK_PERSON_dob] = born.precision >= PRECISION_DAY ? day_format_iso(a, instant_day(born)) : m->dob_as_given;
}

static void add_find(struct fact_mention *p, const char *kind, struct str value)
{
    for (size_t i = 0; i < p->n_finds; i++)
        if (strcmp(p->finds[i].kind, kind) == 0 && str_eq(p->finds[i].value, value))
            return;
    if (value.n && p->n_finds < FACT_FINDS_MAX)
        p->finds[p->n_finds++] = (struct fact_find){kind, value};
}

/* The values by which search finds this mention exactly. */
static void finds_of(struct fact_mention *p, struct arena *a)
{
    static const struct { const char *kind; enum link_person_column column; } list[] = {
        {"phone", LINK_PERSON_phone}, {"email", LINK_PERSON_email}, {"postcode", LINK_PERSON_postcode}, {"nhs_number", LINK_PERSON_nhs_number},
        {"pnc_id", LINK_PERSON_pnc_id}, {"cro_number", LINK_PERSON_cro_number}, {"noms_number", LINK_PERSON_noms_number},
        {"crn", LINK_PERSON_crn}, {"nino", LINK_PERSON_nino}, {"upn", LINK_PERSON_upn}};
    const struct str *v = p->m.v;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        add_find(p, list[i].kind, v[list[i].column]);
    if (v[LINK_PERSON_given_name].n && v[LINK_PERSON_surname].n && v[LINK_PERSON_dob].n) {
        struct str name = str_fmt(a, "%.*s %.*s %.*s", STR_ARG(v[LINK_PERSON_given_name]), STR_ARG(v[LINK_PERSON_surname]), STR_ARG(v[LINK_PERSON_dob]));
        if (name.p)
            add_find(p, "name+dob", name);
    }
}

/* Identifiers of the feed's list: those that linkage compares go to `given`, the others are checked here. */
static void identifiers_of(const struct feed_person *p, const struct row *r, int item, struct str *given)
{
    static const struct { enum identifier id; enum link_person_column column; } map[] = {
        {IDENTIFIER_nhs_number, LINK_PERSON_nhs_number}, {IDENTIFIER_pnc_id, LINK_PERSON_pnc_id},
        {IDENTIFIER_cro_number, LINK_PERSON_cro_number}, {IDENTIFIER_noms_number, LINK_PERSON_noms_number},
        {IDENTIFIER_crn, LINK_PERSON_crn}, {IDENTIFIER_nino, LINK_PERSON_nino}, {IDENTIFIER_upn, LINK_PERSON_upn}};
    for (size_t i = 0; i < p->n_identifiers; i++)
        for (size_t k = 0; k < sizeof map / sizeof *map; k++)
            if (p->identifiers[i].id == map[k].id)
                given[map[k].column] = row_value(r, p->identifiers[i].column, item);
}

static void other_identifiers(const struct feed_person *p, const struct row *r, int item, int year, struct arena *a, struct fact_mention *ret)
{
    static const struct { enum identifier id; const char *name; } list[] = {
        {IDENTIFIER_uprn, "uprn"}, {IDENTIFIER_asn, "asn"}, {IDENTIFIER_offence_ho, "offence_ho"}, {IDENTIFIER_offence_cjs, "offence_cjs"},
        {IDENTIFIER_court_ou, "court_ou"}};
    for (size_t i = 0; i < p->n_identifiers; i++)
        for (size_t k = 0; k < sizeof list / sizeof *list; k++) {
            struct str given = str_trim(row_value(r, p->identifiers[i].column, item)), clean;
            if (p->identifiers[i].id != list[k].id || given.n == 0)
                continue;
            if (identifier_clean(list[k].id, given, year, a, &clean))
                add_find(ret, list[k].name, clean);
            else
                mention_mark_bad(&ret->m, list[k].name, given, a);
        }
}

static void person_of(const struct feed *f, const struct feed_person *p, const struct row *r, int item, int year, struct arena *a,
                      struct fact_mention *ret)
{
    struct str given[LINK_PERSON_N];
    for (size_t i = 0; i < LINK_PERSON_N; i++)
        given[i] = STR("");
    static const char *const sexes[] = {"", "male", "female"};
    names_of(p, r, item, a, given, &ret->m);
    dob_of(f, p, r, item, year, a, given, &ret->m);
    phones_of(p, r, item, a, given, ret);
    identifiers_of(p, r, item, given);
    given[LINK_PERSON_sex] = str_of(sexes[map_word(&p->sex, r, item)]);
    struct str line = row_value(r, p->address, item), postcode = row_value(r, p->postcode, item);
    given[LINK_PERSON_address_line] = line;
    given[LINK_PERSON_postcode] = postcode;
    given[LINK_PERSON_email] = ret->m.email_as_given = item < 0 ? row_joined(r, p->email, a) : row_value(r, p->email, item);
    ret->m.address_as_given = line.n && postcode.n ? str_fmt(a, "%.*s, %.*s", STR_ARG(line), STR_ARG(postcode)) : line.n ? line : postcode;
    ret->m.role = (enum role)map_word(&p->role, r, item);
    mention_clean(given, year, a, &ret->m);
    finds_of(ret, a);
    other_identifiers(p, r, item, year, a, ret);
}

static enum err_code persons_of(const struct feed *f, const struct row *r, int year, struct arena *a, struct facts *ret, struct err *e)
{
    size_t most = facts_persons_most(f, r), slot = 0;
    ret->mentions = ARENA_NEW(a, struct fact_mention, most);
    if (!ret->mentions)
        return err_set(e, ERR_NO_MEMORY, "a row's persons do not fit the memory of a batch");
    for (size_t i = 0; i < f->n_persons; i++) {
        const struct feed_person *p = &f->persons[i];
        int items = p->each.n ? elements_of(f, p, r) : 1;
        for (int item = 0; item < items; item++, slot++) {
            int at = p->each.n ? item : -1;
            if (!is_there(p, r, at))
                continue;
            struct fact_mention *m = &ret->mentions[ret->n_mentions++];
            m->slot = (int)slot;
            person_of(f, p, r, at, year, a, m);
        }
    }
    return ERR_OK;
}

/* ---- relations ---- */

/* Does a mention in `slot` come from the feed's person number `person`? */
static bool is_of_person(const struct feed *f, int slot, int person)
{
    return slot == person || (f->persons[person].each.n && slot > person);
}

static enum err_code relations_of(const struct feed *f, const struct row *r, struct arena *a, struct facts *ret, struct err *e)
{
    if (f->n_relations == 0 || ret->n_mentions == 0)
        return ERR_OK;
    ret->relations = ARENA_NEW(a, struct fact_relation, f->n_relations * ret->n_mentions);
    if (!ret->relations)
        return err_set(e, ERR_NO_MEMORY, "a row's relations do not fit the memory of a batch");
    for (size_t i = 0; i < f->n_relations; i++) {
        const struct feed_relation *rel = &f->relations[i];
        bool there = rel->to < 0;
        for (size_t k = 0; k < ret->n_mentions; k++)
            there |= ret->mentions[k].slot == rel->to;
        for (size_t k = 0; there && k < ret->n_mentions; k++) {
            int slot = ret->mentions[k].slot;
            if (!is_of_person(f, slot, rel->of))
                continue;
            int item = f->persons[rel->of].each.n ? slot - rel->of : -1;
            enum relation word = (enum relation)map_word(&rel->relation, r, item);
            if (word != RELATION_unknown)
                ret->relations[ret->n_relations++] = (struct fact_relation){slot, rel->to, rel->to_role, word};
        }
    }
    return ERR_OK;
}

/* ---- event ---- */

static struct str place_of(const struct feed *f, const struct row *r, int year, struct arena *a)
{
    struct str line = row_value(r, f->place_address, -1), given = row_value(r, f->place_postcode, -1), postcode;
    if (line.n == 0 && given.n == 0)
        return STR("");
    struct str first = line.n ? text_fold_alnum(a, line) : STR("");
    if (!identifier_clean(IDENTIFIER_postcode, given, year, a, &postcode))
        postcode = given.n ? text_fold_alnum(a, given) : STR("");
    if (!first.p || !postcode.p || first.n + postcode.n == 0)
        return STR("");
    struct str place = str_fmt(a, "%.*s|%.*s", STR_ARG(postcode), STR_ARG(first));
    return place.p ? place : STR("");
}

static void event_of(const struct feed *f, const struct row *r, int year, struct arena *a, struct facts *ret)
{
    struct str given;
    ret->kind = (enum event_kind)map_word(&f->kind, r, -1);
    ret->agency = (enum agency_kind)map_word(&f->event_agency, r, -1);
    if (ret->agency == AGENCY_unknown)
        ret->agency = f->agency_kind;
    ret->flags = map_set(&f->flags, r);
    ret->order = (enum order_type)map_word(&f->order, r, -1);
    map_time(f, &f->occurred, r, -1, year, &ret->occurred, &given);
    map_time(f, &f->occurred_to, r, -1, year, &ret->occurred_to, &given);
    map_time(f, &f->recorded, r, -1, year, &ret->recorded, &given);
    ret->from = ret->to = INSTANT_NONE;
    if (ret->order != ORDER_unknown) {
        map_time(f, &f->from, r, -1, year, &ret->from, &given);
        map_time(f, &f->to, r, -1, year, &ret->to, &given);
        ret->conditions = map_set(&f->conditions, r);
    }
    struct str incident = row_value(r, f->incident, -1);
    ret->incident = incident.n ? text_fold_alnum(a, incident) : STR("");
    ret->place = place_of(f, r, year, a);
    ret->has_narrative = row_value(r, f->narrative, -1).n > 0;
}

enum err_code facts_derive(const struct feed *f, const struct row *r, int year, struct arena *a, struct facts *ret, struct err *e)
{
    *ret = (struct facts){0};
    event_of(f, r, year, a, ret);
    ERR_TRY(persons_of(f, r, year, a, ret, e));
    return relations_of(f, r, a, ret, e);
}
