/* feed_parse.c: a feed's definition, section by section, in the order of docs/feeds.md. */
#include "intake/feed_values.h"



#define FEED_ARENA_BYTES ((size_t)4 << 20)

/* ---- who, and in what form ---- */

static enum err_code parse_head(struct parser *p, const struct json *v)
{
    struct feed *f = p->f;
    int word;
    ERR_TRY(parser_text(p, v, "name", &f->name));
    for (size_t i = 0; i < f->name.n; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", f->name.p[i]))
            return parser_fail(p, json_get(v, "name"), "name", "use small letters, digits and hyphens");
    ERR_TRY(parser_text(p, v, "title", &f->title));
    ERR_TRY(parser_text(p, v, "agency", &f->agency));
    ERR_TRY(parser_word_required(p, v, "agency_kind", &words_agency_kind, &word));
    f->agency_kind = (enum agency_kind)word;
    ERR_TRY(parser_text(p, v, "controller", &f->controller));
    ERR_TRY(parser_word_required(p, v, "regime", &words_regime, &word));
    f->regime = (enum regime)word;
    ERR_TRY(parser_text(p, v, "purpose", &f->purpose));
    return parser_text(p, v, "marking", &f->marking);
}

static enum err_code parse_format(struct parser *p, const struct json *v)
{
    const struct json *format = json_get(v, "format"), *charset = json_get(v, "charset"), *zone = json_get(v, "zone");
    const struct json *type = json_get(format, "type"), *separator = json_get(format, "separator"), *delivery = json_get(v, "delivery");
    if (format->type != JSON_OBJECT)
        return parser_fail(p, v, "format", "must be {\"type\": \"csv\", \"separator\": …} or {\"type\": \"jsonl\"}");
    ONLY_KEYS(p, format, "format", "type", "separator");
    if (str_eq(type->text, STR("jsonl")))
        p->f->format = FEED_JSONL;
    else if (!str_eq(type->text, STR("csv")))
        return parser_fail(p, format, "format.type", "must be \"csv\" or \"jsonl\"");
    else if (separator->type != JSON_STRING || separator->text.n != 1 || !strchr(",;|\t", separator->text.p[0]))
        return parser_fail(p, format, "format.separator", "must be one of , ; | or a tab");
    else
        p->f->separator = separator->text.p[0];
    if (charset->type != JSON_STRING || !charset_parse(charset->text, &p->f->charset))
        return parser_fail(p, charset->type == JSON_ABSENT ? v : charset, "charset", "must be UTF-8, windows-1252 or ISO-8859-1");
    if (p->f->charset != CHARSET_UTF8 && (p->f->format == FEED_JSONL || p->f->charset > CHARSET_ISO_8859_1))
        return parser_fail(p, charset, "charset", p->f->format == FEED_JSONL ? "JSON lines are always UTF-8" : "must be UTF-8, windows-1252 or ISO-8859-1");
    if (zone->type != JSON_STRING || !zone_parse(zone->text, &p->f->zone))
        return parser_fail(p, zone->type == JSON_ABSENT ? v : zone, "zone", "must be UTC or Europe/London");
    if (!str_eq(delivery->text, STR("changes")) && !str_eq(delivery->text, STR("full")))
        return parser_fail(p, delivery->type == JSON_ABSENT ? v : delivery, "delivery", "must be \"changes\" or \"full\"");
    p->f->full = str_eq(delivery->text, STR("full"));
    return ERR_OK;
}

static enum err_code parse_columns(struct parser *p, const struct json *v)
{
    struct feed *f = p->f;
    const struct json *columns = json_get(v, "columns"), *required = json_get(columns, "required"), *optional = json_get(columns, "optional");
    if (required->type != JSON_ARRAY || required->n == 0 || (optional->type != JSON_ARRAY && optional->type != JSON_ABSENT))
        return parser_fail(p, columns->type == JSON_ABSENT ? v : columns, "columns", "must be {\"required\": […], \"optional\": […]}");
    ONLY_KEYS(p, columns, "columns", "required", "optional");
    if (required->n + optional->n > LIMIT_FEED_COLUMNS)
        return parser_fail(p, columns, "columns", "more than the limit of %zu columns", LIMIT_FEED_COLUMNS);
    struct str *list = PARSER_NEW(p, struct str, required->n + optional->n);
    if (!list)
        return parser_no_memory(p);
    f->columns = list;
    f->n_required = required->n;
    const struct json *const parts[] = {required, optional};
    for (size_t i = 0; i < 2; i++)
        JSON_EACH(item, parts[i])
        {
            if (item->type != JSON_STRING || item->text.n == 0)
                return parser_fail(p, item, "columns", "the name of a column is required");
            if (feed_column(f, item->text) != FEED_NO_COLUMN)
                return parser_fail(p, item, "columns", "the column \"%.*s\" stands twice", STR_ARG(item->text));
            if (!(list[f->n_columns] = str_dup(p->a, item->text)).p)
                return parser_no_memory(p);
            f->n_columns++;
        }
    return ERR_OK;
}

/* ---- identity and texts ---- */

static enum err_code parse_keys(struct parser *p, const struct json *v, const struct feed_time_part *dates)
{
    struct feed *f = p->f;
    ERR_TRY(parser_columns(p, json_get(v, "record_key"), "record_key", &f->record_key, &f->n_record_key));
    if (f->n_record_key == 0)
        return parser_fail(p, json_get(v, "record_key"), "record_key", "at least one column is required");
    ERR_TRY(parser_columns(p, json_get(v, "row_key"), "row_key", &f->row_key, &f->n_row_key));
    const struct json *keyless = json_get(v, "keyless");
    if (keyless->type != JSON_ABSENT && !str_eq(keyless->text, STR("content")))
        return parser_fail(p, keyless, "keyless", "must be \"content\", or be left out: then a row without record key is quarantined");
    f->keyless_content = keyless->type != JSON_ABSENT;
    if (json_get(v, "version_at")->type == JSON_ABSENT)
        return parser_fail(p, v, "version_at", "is required: the agency's own time of the row's version");
    return parser_time(p, json_get(v, "version_at"), "version_at", dates, &f->version);
}

static enum err_code parse_texts(struct parser *p, const struct json *v)
{
    struct feed *f = p->f;
    int word = ASSERTION_fact;
    ERR_TRY(parser_column_optional(p, v, "recorded_as", &f->recorded_as));
    ERR_TRY(parser_column_optional(p, v, "opinion", &f->opinion));
    const struct json *narrative = json_get(v, "narrative");
    f->narrative = FEED_NO_COLUMN;
    if (narrative->type != JSON_ABSENT) {
        if (narrative->type != JSON_OBJECT)
            return parser_fail(p, narrative, "narrative", "must be {\"column\": …, \"assertion\": \"fact\" or \"opinion\"}");
        ONLY_KEYS(p, narrative, "narrative", "column", "assertion");
        ERR_TRY(parser_column(p, json_get(narrative, "column"), "narrative.column", &f->narrative));
        ERR_TRY(parser_word_required(p, narrative, "assertion", &words_assertion, &word));
    }
    f->assertion = (enum assertion)word;
    return ERR_OK;
}

/* ---- event ---- */

static enum err_code parse_place(struct parser *p, const struct json *v)
{
    p->f->place_address = p->f->place_postcode = FEED_NO_COLUMN;
    if (v->type == JSON_ABSENT)
        return ERR_OK;
    if (v->type != JSON_OBJECT)
        return parser_fail(p, v, "event.place", "must be {\"address\": …, \"postcode\": …}");
    ONLY_KEYS(p, v, "event.place", "address", "postcode");
    ERR_TRY(parser_column_optional(p, v, "address", &p->f->place_address));
    return parser_column_optional(p, v, "postcode", &p->f->place_postcode);
}

static enum err_code parse_event(struct parser *p, const struct json *v, const struct feed_time_part *dates)
{
    struct feed *f = p->f;
    const struct json *of = json_get(v, "of");
    if (v->type != JSON_OBJECT)
        return parser_fail(p, v, "event", "is required");
    ONLY_KEYS(p, v, "event", "of", "agency_kind", "kind", "occurred", "occurred_to", "recorded", "incident", "place", "flags", "order", "from",
              "to", "conditions");
    if (!str_eq(of->text, STR("row")) && !str_eq(of->text, STR("record")))
        return parser_fail(p, of->type == JSON_ABSENT ? v : of, "event.of", "must be \"row\" (each row is an event) or \"record\" (the rows of a record state one)");
    f->per_record = str_eq(of->text, STR("record"));
    if (json_get(v, "kind")->type == JSON_ABSENT)
        return parser_fail(p, v, "event.kind", "is required");
    ERR_TRY(parser_words(p, json_get(v, "kind"), "event.kind", &words_event_kind, &f->kind));
    ERR_TRY(parser_words(p, json_get(v, "agency_kind"), "event.agency_kind", &words_agency_kind, &f->event_agency));
    ERR_TRY(parser_words(p, json_get(v, "flags"), "event.flags", &words_flag, &f->flags));
    ERR_TRY(parser_words(p, json_get(v, "order"), "event.order", &words_order_type, &f->order));
    ERR_TRY(parser_words(p, json_get(v, "conditions"), "event.conditions", &words_condition, &f->conditions));
    ERR_TRY(parser_time(p, json_get(v, "occurred"), "event.occurred", dates, &f->occurred));
    ERR_TRY(parser_time(p, json_get(v, "occurred_to"), "event.occurred_to", dates, &f->occurred_to));
    ERR_TRY(parser_time(p, json_get(v, "recorded"), "event.recorded", dates, &f->recorded));
    ERR_TRY(parser_time(p, json_get(v, "from"), "event.from", dates, &f->from));
    ERR_TRY(parser_time(p, json_get(v, "to"), "event.to", dates, &f->to));
    ERR_TRY(parser_column_optional(p, v, "incident", &f->incident));
    return parse_place(p, json_get(v, "place"));
}

/* ---- persons ---- */

static enum err_code parse_identifiers(struct parser *p, const struct json *v, struct feed_person *person)
{
    static const char *const names[] = {NULL,
#define X(name) #name,
        IDENTIFIERS(X)
#undef X
    };
    if (v->type == JSON_ABSENT)
        return ERR_OK;
    if (v->type != JSON_OBJECT)
        return parser_fail(p, v, "identifiers", "must be {\"nhs_number\": column, …}");
    struct feed_identifier *list = PARSER_NEW(p, struct feed_identifier, v->n);
    if (!list)
        return parser_no_memory(p);
    JSON_EACH(item, v)
    {
        struct feed_identifier *i = &list[person->n_identifiers++];
        for (int k = 1; k < IDENTIFIER_N; k++)
            if (str_eq(item->key, str_of(names[k])))
                i->id = (enum identifier)k;
        if (i->id == IDENTIFIER_unknown)
            return parser_fail(p, item, "identifiers", "\"%.*s\" is no identifier; such as nhs_number, pnc_id, cro_number, noms_number, crn, nino, upn, uprn, asn", STR_ARG(item->key));
        ERR_TRY(parser_column(p, item, "identifiers", &i->column));
    }
    person->identifiers = list;
    return ERR_OK;
}

static enum err_code parse_full_name(struct parser *p, const struct json *v, struct feed_person *person)
{
    person->full_name = FEED_NO_COLUMN;
    if (v->type == JSON_ABSENT)
        return ERR_OK;
    if (v->type != JSON_OBJECT)
        return parser_fail(p, v, "full_name", "must be {\"column\": …, \"style\": …}");
    ONLY_KEYS(p, v, "full_name", "column", "style");
    ERR_TRY(parser_column(p, json_get(v, "column"), "full_name.column", &person->full_name));
    struct str style = json_get(v, "style")->text;
    if (str_eq(style, STR("surname, forenames")))
        person->style = NAME_STYLE_surname_forenames;
    else if (str_eq(style, STR("forenames surname")))
        person->style = NAME_STYLE_forenames_surname;
    else
        return parser_fail(p, v, "full_name.style", "must be \"surname, forenames\" or \"forenames surname\"");
    return ERR_OK;
}

/* Which columns show that the person is there: those of "needs", else all that describe the person. A constant role shows nothing. */
static enum err_code parse_shows(struct parser *p, const struct json *v, struct feed_person *person)
{
    const struct json *needs = json_get(v, "needs");
    if (needs->type != JSON_ABSENT)
        return parser_columns(p, needs, "needs", &person->shows, &person->n_shows);
    const int plain[] = {person->given, person->middle, person->surname, person->former_surname, person->alias, person->full_name,
                         person->address, person->postcode, person->phone, person->email};
    size_t most = sizeof plain / sizeof *plain + person->dob.n + person->sex.n + person->role.n + person->n_identifiers;
    int *list = PARSER_NEW(p, int, most);
    if (!list)
        return parser_no_memory(p);
    size_t n = 0;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (plain[i] != FEED_NO_COLUMN)
            list[n++] = plain[i];
    for (size_t i = 0; i < person->dob.n; i++)
        list[n++] = person->dob.parts[i].column;
    for (size_t i = 0; i < person->sex.n; i++)
        if (person->sex.rules[i].column != FEED_NO_COLUMN)
            list[n++] = person->sex.rules[i].column;
    for (size_t i = 0; i < person->role.n; i++)
        if (person->role.rules[i].column != FEED_NO_COLUMN)
            list[n++] = person->role.rules[i].column;
    for (size_t i = 0; i < person->n_identifiers; i++)
        list[n++] = person->identifiers[i].column;
    person->shows = list;
    person->n_shows = n;
    return n ? ERR_OK : parser_fail(p, v, "persons", "no column describes this person");
}

static enum err_code parse_person(struct parser *p, const struct json *v, const struct feed_time_part *dates, struct feed_person *person)
{
    static const char *const sex_names[] = {"unknown", "male", "female"};
    static const struct word_list words_sex = {"sex", sex_names, sex_names, 3};
    if (v->type != JSON_OBJECT)
        return parser_fail(p, v, "persons", "must be an object");
    ONLY_KEYS(p, v, "persons", "role", "each", "needs", "given", "middle", "surname", "former_surname", "alias", "full_name", "dob", "sex",
              "address", "postcode", "phone", "email", "identifiers");
    if (json_get(v, "role")->type == JSON_ABSENT)
        return parser_fail(p, v, "role", "is required");
    ERR_TRY(parser_words(p, json_get(v, "role"), "role", &words_role, &person->role));
    const struct json *each = json_get(v, "each");
    if (each->type != JSON_ABSENT) {
        if (each->type != JSON_STRING || !str_ends(each->text, STR("[]")) || p->f->format != FEED_JSONL)
            return parser_fail(p, each, "each", "must name a list of a JSON line, as \"children[]\"");
        ERR_TRY(parser_text(p, v, "each", &person->each));
    }
    const struct { const char *key; int *ret; } plain[] = {
        {"given", &person->given}, {"middle", &person->middle}, {"surname", &person->surname},
        {"former_surname", &person->former_surname}, {"alias", &person->alias}, {"address", &person->address},
        {"postcode", &person->postcode}, {"phone", &person->phone}, {"email", &person->email}};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        ERR_TRY(parser_column_optional(p, v, plain[i].key, plain[i].ret));
    ERR_TRY(parse_full_name(p, json_get(v, "full_name"), person));
    ERR_TRY(parser_time(p, json_get(v, "dob"), "dob", dates, &person->dob));
    ERR_TRY(parser_words(p, json_get(v, "sex"), "sex", &words_sex, &person->sex));
    ERR_TRY(parse_identifiers(p, json_get(v, "identifiers"), person));
    return parse_shows(p, v, person);
}

static enum err_code parse_persons(struct parser *p, const struct json *v, const struct feed_time_part *dates)
{
    if (v->type != JSON_ARRAY)
        return parser_fail(p, v, "persons", "a list is required ([] when the feed names nobody)");
    if (v->n > LIMIT_FEED_PERSONS)
        return parser_fail(p, v, "persons", "more than the limit of %zu persons of a row", LIMIT_FEED_PERSONS);
    struct feed_person *list = PARSER_NEW(p, struct feed_person, v->n);
    if (!list)
        return parser_no_memory(p);
    p->f->persons = list;
    JSON_EACH(item, v)
    {
        if (p->f->n_persons && list[p->f->n_persons - 1].each.n)
            return parser_fail(p, item, "persons", "a person with \"each\" must be the last, because it takes any number of places");
        ERR_TRY(parse_person(p, item, dates, &list[p->f->n_persons]));
        p->f->n_persons++;
    }
    return ERR_OK;
}

/* ---- relations ---- */

static enum err_code slot_of(struct parser *p, const struct json *parent, const char *key, int *ret)
{
    const struct json *v = json_get(parent, key);
    int64_t slot = json_int_or(v, -1);
    if (slot < 0 || (size_t)slot >= p->f->n_persons)
        return parser_fail(p, v->type == JSON_ABSENT ? parent : v, key, "must be the number of a person of \"persons\", from 0");
    *ret = (int)slot;
    return ERR_OK;
}

static enum err_code parse_relation(struct parser *p, const struct json *v, struct feed_relation *r)
{
    const struct json *to_role = json_get(v, "to_role");
    int role = ROLE_unknown;
    if (v->type != JSON_OBJECT)
        return parser_fail(p, v, "relations", "must be {\"of\": …, \"to\" or \"to_role\": …, \"relation\": …}");
    ONLY_KEYS(p, v, "relations", "of", "to", "to_role", "relation");
    ERR_TRY(slot_of(p, v, "of", &r->of));
    r->to = -1;
    if (to_role->type == JSON_ABSENT)
        ERR_TRY(slot_of(p, v, "to", &r->to));
    else
        ERR_TRY(parser_word(p, to_role, "to_role", &words_role, &role));
    r->to_role = (enum role)role;
    if (json_get(v, "relation")->type == JSON_ABSENT)
        return parser_fail(p, v, "relation", "is required");
    return parser_words(p, json_get(v, "relation"), "relation", &words_relation, &r->relation);
}

static enum err_code parse_relations(struct parser *p, const struct json *v)
{
    if (v->type == JSON_ABSENT)
        return ERR_OK;
    if (v->type != JSON_ARRAY)
        return parser_fail(p, v, "relations", "a list is required");
    struct feed_relation *list = PARSER_NEW(p, struct feed_relation, v->n);
    if (!list)
        return parser_no_memory(p);
    p->f->relations = list;
    JSON_EACH(item, v)
        ERR_TRY(parse_relation(p, item, &list[p->f->n_relations++]));
    return ERR_OK;
}

/* ---- the whole ---- */

static enum err_code parse_all(struct parser *p, const struct json *v)
{
    if (v->type != JSON_OBJECT)
        return parser_fail(p, v, "feed", "must be a JSON object");
    ONLY_KEYS(p, v, "feed", "name", "title", "agency", "agency_kind", "controller", "regime", "purpose", "marking", "format", "charset", "zone",
              "delivery", "dates", "columns", "record_key", "keyless", "row_key", "version_at", "recorded_as", "narrative", "opinion", "event",
              "persons", "relations");
    struct feed_time_part dates = {.column = FEED_NO_COLUMN};
    ERR_TRY(parse_head(p, v));
    ERR_TRY(parse_format(p, v));
    ERR_TRY(parser_styles(p, json_get(v, "dates"), "dates", &dates));
    ERR_TRY(parse_columns(p, v));
    ERR_TRY(parse_keys(p, v, &dates));
    ERR_TRY(parse_texts(p, v));
    ERR_TRY(parse_event(p, json_get(v, "event"), &dates));
    ERR_TRY(parse_persons(p, json_get(v, "persons"), &dates));
    return parse_relations(p, json_get(v, "relations"));
}

enum err_code feed_parse(struct str json, const char *name_for_errors, struct feed **ret, struct err *e)
{
    static const struct json_limits limits = {LIMIT_FEED_BYTES, 16};
    _cleanup_arena_ struct arena scratch;
    arena_init(&scratch, FEED_ARENA_BYTES);
    const struct json *v;
    if (json_parse(&scratch, json, &limits, &v, e) != ERR_OK)
        return err_frame(e, "%s", name_for_errors);
    struct arena own;
    arena_init(&own, FEED_ARENA_BYTES);
    struct feed *f = ARENA_NEW(&own, struct feed, 1);
    if (!f)
        return err_set(e, ERR_NO_MEMORY, "%s: out of memory", name_for_errors);
    f->arena = own; /* the feed lives in the arena that it owns */
    f->event_agency = f->order = f->flags = f->conditions = (struct feed_words){0};
    struct parser p = {f, &f->arena, name_for_errors, e};
    enum err_code code = parse_all(&p, v);
    if (code == ERR_OK && !(f->definition = str_dup(&f->arena, json)).p)
        code = parser_no_memory(&p);
    if (code != ERR_OK) {
        feed_free(f);
        return code;
    }
    *ret = f;
    return ERR_OK;
}
