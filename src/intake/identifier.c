/* identifier.c: the formats and check characters of the identifiers that agencies use.
 *
 * How it works. The input is squeezed first (blanks and hyphens out, capitals), then one function for each identifier looks at its shape
 * and check character and writes the canonical form. A shape is a pattern of one character a place: '9' a digit, 'A' a letter, 'X' either,
 * anything else itself.
 *
 * Promises: passing means "well formed", never "exists". Nothing is repaired: what does not pass is kept as given by the caller and marked. */
#include "intake/intake.h"

#define SQUEEZED_MAX 40

struct squeezed {
    char p[SQUEEZED_MAX + 1];
    size_t n;
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }
static bool is_any(char c, const char *set) { return c != '\0' && strchr(set, c) != NULL; }

static bool squeeze(struct str s, struct squeezed *ret)
{
    ret->n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == ' ' || c == '\t' || c == '-')
            continue;
        if (ret->n == SQUEEZED_MAX || (unsigned char)c < 0x21 || (unsigned char)c > 0x7e)
            return false;
        ret->p[ret->n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    ret->p[ret->n] = '\0';
    return ret->n > 0;
}

static bool has_shape(const char *p, size_t n, const char *shape)
{
    if (strlen(shape) != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = p[i];
        bool ok = shape[i] == '9' ? is_digit(c) : shape[i] == 'A' ? is_letter(c) : shape[i] == 'X' ? is_digit(c) || is_letter(c) : c == shape[i];
        if (!ok)
            return false;
    }
    return true;
}

static bool all_digits(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_digit(p[i]))
            return false;
    return n > 0;
}

static bool give(struct arena *a, const char *p, size_t n, struct str *ret)
{
    struct str s = str_dup(a, (struct str){p, n});
    if (!s.p)
        return false;
    *ret = s;
    return true;
}

/* Remainder by 23 of a number written as digits, carried on from `r`. */
static unsigned mod23(unsigned r, const char *digits, size_t n)
{
    for (size_t i = 0; i < n; i++)
        r = (r * 10 + (unsigned)(digits[i] - '0')) % 23;
    return r;
}

/* Check letters of PNC, CRO and ASN: no I, O or S; 0 is Z. */
static const char police_letters[] = "ZABCDEFGHJKLMNPQRTUVWXY";

/* ---- health ---- */

static bool clean_nhs_number(const struct squeezed *q, int this_year, struct arena *a, struct str *ret)
{
    (void)this_year;
    if (!has_shape(q->p, q->n, "9999999999") || strcmp(q->p, "0000000000") == 0)
        return false;
    unsigned sum = 0;
    for (unsigned i = 0; i < 9; i++)
        sum += (unsigned)(q->p[i] - '0') * (10 - i);
    unsigned check = (11 - sum % 11) % 11; /* 10: no such number is issued */
    return check == (unsigned)(q->p[9] - '0') && give(a, q->p, q->n, ret);
}

/* ---- police ---- */

/* Splits YYYY/NNNNNNNX, YY/NNNX or the same without slash (short when under 10 characters). */
static bool pnc_split(const struct squeezed *q, size_t *ret_year, const char **ret_serial, size_t *ret_serial_n)
{
    const char *slash = memchr(q->p, '/', q->n);
    size_t year = slash ? (size_t)(slash - q->p) : q->n < 10 ? 2 : 4;
    size_t serial = year + (slash ? 1 : 0);
    if ((year != 2 && year != 4) || q->n < serial + 2)
        return false;
    *ret_year = year;
    *ret_serial = q->p + serial;
    *ret_serial_n = q->n - serial - 1;
    return all_digits(q->p, year) && *ret_serial_n <= 7 && all_digits(*ret_serial, *ret_serial_n);
}

static bool clean_pnc_id(const struct squeezed *q, int this_year, struct arena *a, struct str *ret)
{
    size_t year_n, serial_n;
    const char *serial;
    if (!pnc_split(q, &year_n, &serial, &serial_n))
        return false;
    char out[14] = "YYYY/0000000X";
    memcpy(out + 12 - serial_n, serial, serial_n);
    out[12] = q->p[q->n - 1];
    if (year_n == 4) {
        memcpy(out, q->p, 4);
    } else {
        int yy = (q->p[0] - '0') * 10 + q->p[1] - '0';
        memcpy(out, yy <= this_year % 100 ? "20" : "19", 2);
        memcpy(out + 2, q->p, 2);
    }
    unsigned r = mod23(mod23(0, out + 2, 2), out + 5, 7);
    return out[12] == police_letters[r] && give(a, out, 13, ret);
}

static bool clean_cro_number(const struct squeezed *q, int this_year, struct arena *a, struct str *ret)
{
    (void)this_year;
    const char *slash = memchr(q->p, '/', q->n);
    if (!slash)
        return false;
    size_t before = (size_t)(slash - q->p), after = q->n - before - 1;
    char letter = q->p[q->n - 1];
    if (strncmp(q->p, "SF", 2) == 0) { /* no fingerprints: SFYY/serial, the check takes the serial as written */
        if (before != 4 || !all_digits(q->p + 2, 2) || after < 2 || after > 7 || !all_digits(slash + 1, after - 1))
            return false;
        unsigned r = mod23(mod23(0, q->p + 2, 2), slash + 1, after - 1);
        return letter == police_letters[r] && give(a, q->p, q->n, ret);
    }
    if (before < 1 || before > 6 || !all_digits(q->p, before) || !has_shape(slash + 1, after, "99A"))
        return false;
    char out[11] = "000000/";
    memcpy(out + 6 - before, q->p, before);
    memcpy(out + 7, slash + 1, 3);
    return letter == police_letters[mod23(mod23(0, out + 7, 2), out, 6)] && give(a, out, 10, ret);
}

/* The display form YY/FFUU/SS/NNNN-X with slashes becomes the closed one: the sequence number is padded to 11 digits. */
static bool asn_close(const struct squeezed *q, struct squeezed *ret)
{
    const char *last = memrchr(q->p, '/', q->n);
    if (!last) {
        *ret = *q;
        return true;
    }
    ret->n = 0;
    for (const char *c = q->p; c < last; c++)
        if (*c != '/')
            ret->p[ret->n++] = *c;
    size_t sequence = (size_t)(q->p + q->n - last - 1); /* with its letter */
    if (sequence < 2 || sequence > 12 || ret->n > 9)
        return false;
    for (size_t pad = sequence; pad < 12; pad++)
        ret->p[ret->n++] = '0';
    memcpy(ret->p + ret->n, last + 1, sequence);
    ret->n += sequence;
    ret->p[ret->n] = '\0';
    return true;
}

static bool clean_asn(const struct squeezed *q, int this_year, struct arena *a, struct str *ret)
{
    (void)this_year;
    struct squeezed c;
    if (!asn_close(q, &c) || (!has_shape(c.p, c.n, "99XXXXXX99999999999A") && !has_shape(c.p, c.n, "99XXXXXXX99999999999A")))
        return false;
    const char *sequence = c.p + c.n - 12, *system = sequence - 2, *force = system - 4; /* the unit between is not checked */
    unsigned r = 0;
    for (int i = 0; i < 2; i++)
        r = is_digit(force[i]) ? mod23(r, force + i, 1) : r;
    for (int i = 0; i < 2; i++)
        r = is_digit(system[i]) ? mod23(r, system + i, 1) : r;
    r = mod23(mod23(r, c.p, 2), sequence, 11);
    return c.p[c.n - 1] == police_letters[r] && give(a, c.p, c.n, ret);
}

static bool clean_offence_ho(const struct squeezed *q, int this_year, struct arena *a, struct str *ret)
{
    (void)this_year;
    const char *slash = memchr(q->p, '/', q->n);
    if (!slash)
        return has_shape(q->p, q->n, "99999") && give(a, q->p, q->n, ret);
    size_t class_n = (size_t)(slash - q->p), sub_n = q->n - class_n - 1;
    if (class_n < 1 || class_n > 3 || sub_n < 1 || sub_n > 2 || !all_digits(q->p, class_n) || !all_digits(slash + 1, sub_n))
        return false;
    char out[6] = "00000";
    memcpy(out + 3 - class_n, q->p, class_n);
    memcpy(out + 5 - sub_n, slash + 1, sub_n);
    return give(a, out, 5, ret);
}

/* ---- identifiers that have a shape and no check character ---- */

static bool has_any_shape(const struct squeezed *q, const char *const *shapes)
{
    for (; *shapes; shapes++)
        if (has_shape(q->p, q->n, *shapes))
            return true;
    return false;
}

#define SHAPES(name, ...)                                                                                        \
    static bool clean_##name(const struct squeezed *q, int this_year, struct arena *a, struct str *ret)          \
    {                                                                                                            \
        (void)this_year;                                                                                         \
        static const char *const shapes[] = {__VA_ARGS__, NULL};                                                 \
        return has_any_shape(q, shapes) && give(a, q->p, q->n, ret);                                             \
    }
SHAPES(noms_number, "A9999AA")
SHAPES(crn, "A999999")
SHAPES(offence_cjs, "AA99999", "AA99999A", "AAAA999")
SHAPES(court_ou, "A99AA", "A99AA99")

static bool clean_uprn(const struct squeezed *q, int this_year, struct arena *a, struct str *ret)
{
    (void)this_year;
    if (q->n > 12 || !all_digits(q->p, q->n))
        return false;
    size_t zeros = strspn(q->p, "0"); /* canonical: as a number, though kept as text */
    return zeros < q->n && give(a, q->p + zeros, q->n - zeros, ret);
}

static bool clean_upn(const struct squeezed *q, int this_year, struct arena *a, struct str *ret)
{
    (void)this_year;
    static const char letters[] = "ABCDEFGHJKLMNPQRTUVWXYZ";
    if (!has_shape(q->p, q->n, "A99999999999X"))
        return false;
    unsigned sum = 0;
    for (unsigned i = 1; i < 13; i++) {
        const char *letter = strchr(letters, q->p[i]);
        if (!is_digit(q->p[i]) && !letter)
            return false;
        sum += (is_digit(q->p[i]) ? (unsigned)(q->p[i] - '0') : (unsigned)(letter - letters)) * (i + 1);
    }
    return q->p[0] == letters[sum % 23] && give(a, q->p, q->n, ret);
}

static bool clean_nino(const struct squeezed *q, int this_year, struct arena *a, struct str *ret)
{
    (void)this_year;
    static const char *const barred[] = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};
    if (!has_shape(q->p, q->n, "AA999999A") || !is_any(q->p[0], "ABCEGHJKLMNOPRSTWXYZ") ||
        !is_any(q->p[1], "ABCEGHJKLMNPRSTWXYZ") || !is_any(q->p[8], "ABCD"))
        return false;
    for (size_t i = 0; i < sizeof barred / sizeof *barred; i++)
        if (strncmp(q->p, barred[i], 2) == 0)
            return false;
    return give(a, q->p, q->n, ret);
}

/* ---- contact ---- */

static bool outward_is_valid(const char *p, size_t n)
{
    if (!is_any(p[0], "ABCDEFGHIJKLMNOPRSTUWYZ"))
        return false;
    if (has_shape(p, n, "A9") || has_shape(p, n, "A99"))
        return true;
    if (has_shape(p, n, "A9A"))
        return is_any(p[2], "ABCDEFGHJKPSTUW");
    if (n < 3 || !is_any(p[1], "ABCDEFGHKLMNOPQRSTUVWXY"))
        return false;
    return has_shape(p, n, "AA9") || has_shape(p, n, "AA99") || (has_shape(p, n, "AA9A") && is_any(p[3], "ABEHMNPRVWXY"));
}

static bool clean_postcode(const struct squeezed *q, int this_year, struct arena *a, struct str *ret)
{
    (void)this_year;
    static const char inward_letters[] = "ABDEFGHJLNPQRSTUWXYZ";
    if (q->n < 5 || q->n > 7)
        return false;
    size_t out_n = q->n - 3;
    const char *in = q->p + out_n;
    bool girobank = strcmp(q->p, "GIR0AA") == 0;
    if (!girobank && (!outward_is_valid(q->p, out_n) || !is_digit(in[0]) || !is_any(in[1], inward_letters) || !is_any(in[2], inward_letters)))
        return false;
    char text[9];
    memcpy(text, q->p, out_n);
    text[out_n] = ' ';
    memcpy(text + out_n + 1, in, 3);
    return give(a, text, q->n + 1, ret);
}

/* UK national numbers after +44: how many digits may follow, by the first. */
static bool uk_length_is_valid(const char *p, size_t n)
{
    switch (n ? p[0] : 0) {
    case '1': return n == 9 || n == 10;
    case '2':
    case '3':
    case '5':
    case '7':
    case '9': return n == 10;
    case '8': return n == 7 || n == 9 || n == 10;
    default: return false;
    }
}

static bool clean_phone(const struct squeezed *q, int this_year, struct arena *a, struct str *ret)
{
    (void)this_year;
    char out[2 + SQUEEZED_MAX + 1] = "+";
    size_t n = 1, i = 0;
    if (q->p[0] == '+')
        i = 1;
    else if (strncmp(q->p, "00", 2) == 0)
        i = 2;
    else if (q->p[0] == '0' || strncmp(q->p, "(0", 2) == 0) {
        memcpy(out + 1, "44", 2);
        n = 3;
        i = q->p[0] == '0' ? 1 : 2;
    } else
        return false; /* of an unknown country: left as given */
    for (; i < q->n; i++) {
        if (n == 3 && memcmp(out, "+44", 3) == 0 && strncmp(q->p + i, "(0)", 3) == 0)
            i += 2;
        else if (is_digit(q->p[i]))
            out[n++] = q->p[i];
        else if (!is_any(q->p[i], "()./"))
            return false; /* letters: an extension or no number */
    }
    if (n < 9 || n > 16 || out[1] == '0' || (memcmp(out, "+44", 3) == 0 && !uk_length_is_valid(out + 3, n - 3)))
        return false;
    return give(a, out, n, ret);
}

static bool domain_is_valid(struct str d)
{
    size_t label = 0, dots = 0;
    for (size_t i = 0; i <= d.n; i++) {
        char c = i < d.n ? d.p[i] : '.';
        if (c == '.') {
            if (label == 0 || label > 63)
                return false;
            dots++;
            label = 0;
        } else if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-')
            label++;
        else
            return false;
    }
    return dots >= 2 && d.n <= 253;
}

static bool clean_email(struct str s, struct arena *a, struct str *ret)
{
    s = str_trim(s);
    ptrdiff_t at = str_find_char(s, '@');
    if (at < 1 || at > 64 || s.n > 320)
        return false;
    for (ptrdiff_t i = 0; i < at; i++)
        if ((unsigned char)s.p[i] <= ' ' || is_any(s.p[i], ",;:<>()[]\"\\"))
            return false;
    char *out = arena_alloc(a, s.n);
    if (!out)
        return false;
    for (size_t i = 0; i < s.n; i++) /* the local part may tell capitals apart: kept */
        out[i] = i > (size_t)at && s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
    if (!domain_is_valid((struct str){out + at + 1, s.n - (size_t)at - 1}))
        return false;
    *ret = (struct str){out, s.n};
    return true;
}

/* ---- by number ---- */

typedef bool cleaner(const struct squeezed *q, int this_year, struct arena *a, struct str *ret);

bool identifier_clean(enum identifier id, struct str s, int this_year, struct arena *a, struct str *ret)
{
    static cleaner *const cleaners[IDENTIFIER_N] = {
        [IDENTIFIER_nhs_number] = clean_nhs_number, [IDENTIFIER_pnc_id] = clean_pnc_id,
        [IDENTIFIER_cro_number] = clean_cro_number, [IDENTIFIER_noms_number] = clean_noms_number,
        [IDENTIFIER_crn] = clean_crn,               [IDENTIFIER_asn] = clean_asn,
        [IDENTIFIER_uprn] = clean_uprn,             [IDENTIFIER_upn] = clean_upn,
        [IDENTIFIER_nino] = clean_nino,             [IDENTIFIER_postcode] = clean_postcode,
        [IDENTIFIER_phone] = clean_phone,           [IDENTIFIER_offence_ho] = clean_offence_ho,
        [IDENTIFIER_offence_cjs] = clean_offence_cjs, [IDENTIFIER_court_ou] = clean_court_ou,
    };
    if (id == IDENTIFIER_email)
        return clean_email(s, a, ret);
    struct squeezed q;
    return id > IDENTIFIER_unknown && id < IDENTIFIER_N && squeeze(s, &q) && cleaners[id](&q, this_year, a, ret);
}
