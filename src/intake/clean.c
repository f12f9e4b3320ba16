/* clean.c: a person's values as given to the forms in which linkage and search compare them.
 *
 * Nothing is repaired and nothing as given is lost: a value that stands for nothing ("unknown", "n/k", 1 January 1900) or that fails its
 * identifier's check becomes NULL for comparing; the latter is marked in bad_identifiers. Titles are taken off names; a nickname in
 * brackets, quotes or after "aka" counts as a further given name; further given names go to middle_names. */
#include "intake/row.h"

bool text_is_placeholder(struct str s)
{
    static const char *const words[] = {"unknown", "not known", "n/k", "nk", "unk", "u/k", "n/a", "not stated", "not given", "not recorded", "none",
                                        "nil", "null", "male", "female", "man", "woman", "anon", "anonymous", "tbc", "refused", "withheld", "no name"};
    bool only_marks = true, only_x = true;
    for (size_t i = 0; i < s.n; i++) {
        only_marks &= strchr("-.?_/* 0", s.p[i]) != NULL;
        only_x &= s.p[i] == 'x';
    }
    if (only_marks || (only_x && s.n > 1) || str_starts(s, STR("unknown ")) || str_starts(s, STR("not known ")))
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(s, str_of(words[i])))
            return true;
    return false;
}

/* ---- names ---- */

static bool is_title(struct str word)
{
    static const char *const titles[] = {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "rev", "sir", "master", "messrs"};
    if (word.n && word.p[word.n - 1] == '.')
        word.n--;
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (str_eq(word, str_of(titles[i])))
            return true;
    return false;
}

static struct str append(struct str s, struct str more, struct arena *a)
{
    if (more.n == 0)
        return s;
    if (s.n == 0)
        return more;
    struct str both = str_fmt(a, "%.*s %.*s", STR_ARG(s), STR_ARG(more));
    return both.p ? both : s;
}

/* Takes "(liz)", "\"liz\"" or " aka liz" out of a folded name; the rest is what is left. */
static struct str take_nickname(struct str *name, struct arena *a)
{
    static const struct { const char *open, *close; } marks[] = {{"(", ")"}, {"\"", "\""}, {" aka ", NULL}, {" a.k.a. ", NULL}, {" known as ", NULL}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        ptrdiff_t at = str_find(*name, str_of(marks[i].open));
        if (at < 0)
            continue;
        struct str inner = str_slice(*name, (size_t)at + strlen(marks[i].open), name->n), after = STR("");
        ptrdiff_t end = marks[i].close ? str_find(inner, str_of(marks[i].close)) : -1;
        if (end >= 0) {
            after = str_slice(inner, (size_t)end + 1, inner.n);
            inner.n = (size_t)end;
        }
        *name = append(str_trim(str_slice(*name, 0, (size_t)at)), str_trim(after), a);
        return str_trim(inner);
    }
    return STR("");
}

/* Folded, without titles, full stops and blanks around hyphens; empty when it stands for nothing. */
static struct str plain_name(struct str given, struct arena *a, struct str *ret_nickname)
{
    *ret_nickname = STR("");
    if (given.n == 0 || given.n > LIMIT_NAME_BYTES)
        return STR("");
    struct str s = text_fold(a, given);
    if (!s.p || text_is_placeholder(s))
        return STR("");
    *ret_nickname = take_nickname(&s, a);
    struct str out = STR(""), word;
    bool join = false;
    while (str_split(&s, ' ', &word)) {
        if (word.n == 0 || (out.n == 0 && is_title(word)))
            continue;
        while (word.n && strchr(".,;", word.p[word.n - 1]))
            word.n--;
        join |= word.n && word.p[0] == '-' && out.n;
        out = join ? str_fmt(a, "%.*s%.*s", STR_ARG(out), STR_ARG(word)) : append(out, word, a);
        join = out.n && out.p[out.n - 1] == '-';
    }
    return out.p && !text_is_placeholder(out) ? out : STR("");
}

struct name_parts name_split(enum name_style style, struct str full, struct arena *a)
{
    struct name_parts p = {STR(""), STR(""), STR("")};
    full = str_trim(full);
    ptrdiff_t comma = str_find_char(full, ',');
    if (style == NAME_STYLE_surname_forenames && comma >= 0) {
        p.surname = str_trim(str_slice(full, 0, (size_t)comma));
        p.given = str_trim(str_slice(full, (size_t)comma + 1, full.n));
        return p;
    }
    /* The last word is the surname, with its particles ("van der Berg", "de Souza"); what stands in brackets belongs to the given names. */
    static const char *const particles[] = {"van", "von", "der", "den", "de", "da", "di", "du", "del", "la", "le", "el", "al", "bin", "ibn", "mc", "mac", "st", "o"};
    struct str folded = text_fold(a, full);
    if (!folded.p || text_is_placeholder(folded))
        return p;
    size_t cut = full.n;
    bool more = true;
    while (more && cut > 0) {
        while (cut > 0 && full.p[cut - 1] != ' ')
            cut--;
        struct str before = str_trim(str_slice(full, 0, cut));
        ptrdiff_t blank = -1;
        for (size_t i = 0; i < before.n; i++)
            blank = before.p[i] == ' ' ? (ptrdiff_t)i : blank;
        struct str last = str_slice(before, (size_t)(blank + 1), before.n);
        more = false;
        for (size_t i = 0; i < sizeof particles / sizeof *particles && blank > 0; i++)
            more |= str_eq_nocase(last, str_of(particles[i]));
        cut = more ? before.n : cut;
    }
    p.surname = str_trim(str_slice(full, cut, full.n));
    p.given = str_trim(str_slice(full, 0, cut));
    if (p.given.n == 0 || is_title((struct str){folded.p, p.given.n})) { /* one name only: it may be either; records that hold one hold the given name more often */
        p.given = p.given.n ? STR("") : p.surname;
        p.surname = p.given.n ? STR("") : p.surname;
    }
    return p;
}

static void clean_names(const struct str given[LINK_PERSON_N], struct arena *a, struct mention *m)
{
    struct str nick, nick2, nick3, nick4;
    struct str first = plain_name(given[LINK_PERSON_given_name], a, &nick);
    struct str middle = plain_name(given[LINK_PERSON_middle_names], a, &nick2);
    ptrdiff_t blank = str_find_char(first, ' ');
    if (blank > 0) { /* further given names are middle names */
        middle = append(str_slice(first, (size_t)blank + 1, first.n), middle, a);
        first.n = (size_t)blank;
    }
    m->v[LINK_PERSON_surname] = plain_name(given[LINK_PERSON_surname], a, &nick3);
    m->v[LINK_PERSON_former_surname] = plain_name(given[LINK_PERSON_former_surname], a, &nick4);
    if (str_eq(m->v[LINK_PERSON_former_surname], m->v[LINK_PERSON_surname]))
        m->v[LINK_PERSON_former_surname] = STR("");
    if (first.n == 0) {
        first = nick;
        nick = STR("");
    }
    m->v[LINK_PERSON_given_name] = first;
    m->v[LINK_PERSON_middle_names] = append(append(middle, nick, a), nick3, a);
}

/* ---- the other values ---- */

void mention_mark_bad(struct mention *m, const char *name, struct str given, struct arena *a)
{
    struct str more = str_fmt(a, "%.*s%s%s=%.*s", STR_ARG(m->bad_identifiers), m->bad_identifiers.n ? "; " : "", name, STR_ARG(given));
    if (more.p)
        m->bad_identifiers = more;
}

static void clean_dob(struct str given, int this_year, struct arena *a, struct mention *m)
{
    int32_t day;
    given = str_trim(given);
    if (given.n == 0 || text_is_placeholder(given))
        return;
    if (str_eq(given, STR("1900-01-01")) || str_eq(given, STR("01/01/1900")) || str_eq(given, STR("01.01.1900")))
        return; /* what systems write when they must write something */
    bool good = given.n == 10 && day_parse_iso(given, &day);
    if (good) {
        int year = civil_of_day(day).year;
        good = year > 1900 - 20 && year <= this_year;
    }
    if (good)
        m->v[LINK_PERSON_dob] = given;
    else
        mention_mark_bad(m, "dob", given, a);
}

static void clean_sex(struct str given, struct mention *m)
{
    given = str_trim(given);
    if (str_eq_nocase(given, STR("male")) || str_eq_nocase(given, STR("m")))
        m->v[LINK_PERSON_sex] = STR("male");
    if (str_eq_nocase(given, STR("female")) || str_eq_nocase(given, STR("f")))
        m->v[LINK_PERSON_sex] = STR("female");
}

static void clean_identifiers(const struct str given[LINK_PERSON_N], int this_year, struct arena *a, struct mention *m)
{
    static const struct { enum link_person_column column; enum identifier id; } list[] = {
        {LINK_PERSON_postcode, IDENTIFIER_postcode},     {LINK_PERSON_phone, IDENTIFIER_phone},
        {LINK_PERSON_email, IDENTIFIER_email},           {LINK_PERSON_nhs_number, IDENTIFIER_nhs_number},
        {LINK_PERSON_pnc_id, IDENTIFIER_pnc_id},         {LINK_PERSON_cro_number, IDENTIFIER_cro_number},
        {LINK_PERSON_noms_number, IDENTIFIER_noms_number}, {LINK_PERSON_crn, IDENTIFIER_crn},
        {LINK_PERSON_nino, IDENTIFIER_nino},             {LINK_PERSON_upn, IDENTIFIER_upn}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        struct str s = str_trim(given[list[i].column]);
        if (s.n == 0)
            continue;
        if (identifier_clean(list[i].id, s, this_year, a, &m->v[list[i].column]))
            continue;
        struct str folded = text_fold(a, s);
        if (folded.p && !text_is_placeholder(folded))
            mention_mark_bad(m, link_person_columns[list[i].column].p, s, a);
    }
    if (str_starts(m->v[LINK_PERSON_postcode], STR("ZZ99"))) /* the health service's "no fixed abode", "not known" */
        m->v[LINK_PERSON_postcode] = STR("");
    struct str *mail = &m->v[LINK_PERSON_email]; /* compared in small letters, though the local part may mind capitals */
    char *small = mail->n ? arena_alloc(a, mail->n) : NULL;
    for (size_t i = 0; small && i < mail->n; i++)
        small[i] = mail->p[i] >= 'A' && mail->p[i] <= 'Z' ? (char)(mail->p[i] - 'A' + 'a') : mail->p[i];
    if (small)
        mail->p = small;
}

void mention_clean(const struct str given[LINK_PERSON_N], int this_year, struct arena *a, struct mention *m)
{
    for (size_t i = 0; i < LINK_PERSON_N; i++)
        m->v[i] = STR("");
    m->v[LINK_PERSON_unique_id] = given[LINK_PERSON_unique_id];
    m->bad_identifiers = STR("");
    clean_names(given, a, m);
    clean_dob(given[LINK_PERSON_dob], this_year, a, m);
    clean_sex(given[LINK_PERSON_sex], m);
    struct str line = given[LINK_PERSON_address_line].n ? text_fold(a, given[LINK_PERSON_address_line]) : STR("");
    if (line.p && line.n && !text_is_placeholder(line))
        m->v[LINK_PERSON_address_line] = line;
    clean_identifiers(given, this_year, a, m);
    m->has_identifier = false;
    for (size_t i = 0; i < LINK_PERSON_N; i++)
        m->has_identifier |= i != LINK_PERSON_unique_id && i != LINK_PERSON_sex && m->v[i].n > 0;
}
