/* The CSV reader: cases by hand, and a differential test against a slow reader that sees the whole input at once
 * and shares no code with it, over random inputs cut in random pieces. */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#define FIELDS_MAX 64
#define RECORDS_MAX 512

struct seen {
    struct str fields[FIELDS_MAX];
    size_t n;
    uint64_t first_line, last_line, first_byte, last_byte;
    enum err_code problem;
    const char *why;
    struct str raw;
};

/* ---- the slow reader ---- */

static bool line_end_at(struct str s, size_t i) { return i < s.n && (s.p[i] == '\n' || s.p[i] == '\r'); }
static size_t line_end_length(struct str s, size_t i)
{
    return s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n' ? 2 : 1;
}
static size_t end_of_line(struct str s, size_t i)
{
    while (i < s.n && !line_end_at(s, i))
        i++;
    return i;
}
static uint64_t lines_in(struct str s, size_t from, size_t to)
{
    uint64_t n = 0;
    for (size_t i = from; i < to;)
        if (line_end_at(s, i)) {
            i += line_end_length(s, i);
            n++;
        } else {
            i++;
        }
    return n;
}

/* Where the record that starts at `from` ends, and what is wrong with it. `cut`: the end of what may be looked at. */
static size_t slow_record(struct arena *a, struct str s, size_t from, const struct csv_limits *l, struct seen *r)
{
    size_t cut = s.n - from > l->record_bytes + 1 ? from + l->record_bytes + 1 : s.n;
    size_t i = from, n = 0;
    bool columns_over = false, longer = s.n - from > l->record_bytes;
    struct str whole = {s.p, cut};
    for (;;) { /* a field */
        char *value = arena_alloc(a, cut - i + 1);
        assert_non_null(value);
        size_t length = 0, i_open = i;
        const char *wrong = NULL;
        size_t opened = SIZE_MAX;
        if (i < cut && s.p[i] == '"') {
            opened = i++;
            for (;; i++) {
                if (i == cut)
                    break;
                if (s.p[i] == '"' && i + 1 < cut && s.p[i + 1] == '"')
                    i++;
                else if (s.p[i] == '"')
                    break;
                value[length++] = s.p[i];
            }
            bool closed = i < cut;
            if (closed)
                i++;
            size_t line = end_of_line(whole, opened);
            bool spans = line < i - (closed ? 1 : 0);
            if (longer && spans && i == cut) /* its last byte may be the first half of a doubled quote */
                wrong = "a quote is not closed within the limit of a record";
            else if (!closed && !longer)
                wrong = "a quote is not closed";
            else if (closed && i < cut && s.p[i] != ',' && !line_end_at(s, i))
                wrong = spans ? "a quote is not closed" : "text follows a closing quote";
            if (wrong && spans) {
                r->problem = ERR_FORMAT;
                r->why = wrong;
                return line;
            }
        } else {
            while (i < cut && s.p[i] != ',' && !line_end_at(s, i) && !wrong) {
                if (s.p[i] == '"')
                    wrong = "there is a quote inside an unquoted field";
                value[length++] = s.p[i++];
            }
        }
        if (n == l->columns)
            columns_over = columns_over || i_open - from <= l->record_bytes;
        else
            r->fields[n++] = (struct str){value, length};
        bool nul = false;
        for (size_t k = from; k < i + (wrong && opened != SIZE_MAX && i < cut); k++) /* with a stray byte */
            nul = nul || s.p[k] == '\0';
        if (r->problem == ERR_OK && columns_over) {
            r->problem = ERR_LIMIT;
            r->why = "columns";
        }
        if (r->problem == ERR_OK && nul) {
            r->problem = ERR_FORMAT;
            r->why = "there is a NUL byte";
        }
        if (r->problem == ERR_OK && wrong) {
            r->problem = ERR_FORMAT;
            r->why = wrong;
        }
        if (wrong)
            i = end_of_line(s, i);
        if (i - from > l->record_bytes) {
            if (r->problem == ERR_OK) {
                r->problem = ERR_LIMIT;
                r->why = "bytes";
            }
            return end_of_line(s, i);
        }
        if (i == s.n || line_end_at(s, i)) {
            r->n = n;
            return i;
        }
        i++; /* the comma */
    }
}

static size_t slow_read(struct arena *a, struct str s, const struct csv_limits *l, struct seen *out)
{
    size_t n = 0, i = str_starts(s, STR("\xEF\xBB\xBF")) ? 3 : 0;
    uint64_t line = 1;
    while (i < s.n) {
        if (line_end_at(s, i)) {
            i += line_end_length(s, i);
            line++;
            continue;
        }
        assert_true(n < RECORDS_MAX);
        struct seen *r = &out[n++];
        *r = (struct seen){.first_byte = i, .first_line = line};
        size_t end = slow_record(a, s, i, l, r);
        if (r->problem != ERR_OK)
            r->n = 0;
        line += lines_in((struct str){s.p, end}, i, end);
        r->last_line = line;
        r->last_byte = end;
        r->raw = str_slice(s, i, end - i > l->record_bytes ? i + l->record_bytes : end);
        i = end;
    }
    return n;
}

/* ---- the reader under test ---- */

static void copy_record(struct arena *a, const struct csv_record *r, struct seen *out)
{
    *out = (struct seen){.n = r->n, .first_line = r->first_line, .last_line = r->last_line, .problem = r->problem,
                         .first_byte = r->first_byte, .last_byte = r->last_byte, .raw = str_dup(a, r->raw)};
    out->why = r->why ? str_z(a, str_of(r->why)) : NULL;
    assert_true(r->n <= FIELDS_MAX);
    for (size_t i = 0; i < r->n; i++)
        out->fields[i] = str_dup(a, r->fields[i]);
}

/* Feeds s in pieces of 1 to `most` bytes, each in memory of its own that is gone at the next feed. */
static size_t fast_read(struct arena *a, struct str s, const struct csv_limits *l, size_t most, struct seen *out)
{
    struct csv *c = NULL;
    struct err e;
    struct csv_record r;
    assert_int_equal(csv_new(',', l, &c, &e), ERR_OK);
    size_t n = 0, at = 0;
    char *piece = NULL;
    for (bool more = true; more;) {
        size_t k = at < s.n ? 1 + (size_t)rand() % most : 0;
        if (k > s.n - at)
            k = s.n - at;
        free(piece);
        piece = malloc(k ? k : 1);
        assert_non_null(piece);
        if (k)
            memcpy(piece, s.p + at, k);
        csv_feed(c, piece, k);
        at += k;
        more = k > 0;
        while (csv_next(c, &r)) {
            assert_true(n < RECORDS_MAX);
            copy_record(a, &r, &out[n++]);
        }
    }
    assert_false(csv_next(c, &r)); /* the end stays the end */
    free(piece);
    csv_free(c);
    return n;
}

static bool same_why(const char *got, const char *want, const struct csv_limits *l)
{
    char text[80];
    if (!got || !want)
        return got == want;
    if (!strcmp(want, "bytes") || !strcmp(want, "columns"))
        (void)snprintf(text, sizeof text, "the record is over its limit of %zu %s",
                       !strcmp(want, "bytes") ? l->record_bytes : l->columns, want);
    else
        (void)snprintf(text, sizeof text, "%s", want);
    return strcmp(got, text) == 0;
}

static bool same(const struct seen *got, const struct seen *want, const struct csv_limits *l)
{
    bool ok = got->n == want->n && got->first_line == want->first_line && got->last_line == want->last_line &&
              got->first_byte == want->first_byte && got->last_byte == want->last_byte &&
              got->problem == want->problem && str_eq(got->raw, want->raw) && same_why(got->why, want->why, l);
    for (size_t i = 0; ok && i < got->n; i++)
        ok = str_eq(got->fields[i], want->fields[i]);
    return ok;
}

static void show(const char *who, const struct seen *r)
{
    print_message("# %s: %zu fields, lines %u-%u, bytes %u-%u, problem %d (%s)\n", who, r->n, (unsigned)r->first_line,
                  (unsigned)r->last_line, (unsigned)r->first_byte, (unsigned)r->last_byte, (int)r->problem,
                  r->why ? r->why : "none");
}

static void check_same(struct str s, const struct csv_limits *l, size_t most)
{
    static struct seen got[RECORDS_MAX], want[RECORDS_MAX];
    _cleanup_arena_ struct arena a;
    arena_init(&a, 64 << 20);
    size_t n_want = slow_read(&a, s, l, want);
    size_t n_got = fast_read(&a, s, l, most, got);
    for (size_t i = 0; i < n_want && i < n_got; i++)
        if (!same(&got[i], &want[i], l)) {
            show("got", &got[i]);
            show("want", &want[i]);
            fail_msg("record %zu of %zu bytes in pieces of up to %zu differs", i, s.n, most);
        }
    assert_int_equal(n_got, n_want);
}

static void random_inputs_in_random_pieces(void **state)
{
    (void)state;
    static const char *const words[] = {",", ",", ",", "\"", "\"", "\"\"", "\n", "\n", "\r\n", "\r", "a", "bc", "d e",
                                        "\xC3\xA9", "\xEF\xBB\xBF", "\"x\",", ",\"y\"", "\"p\nq\",", "0123456789abcdef"};
    const char *rounds = getenv("HAVEN_TEST_ROUNDS");
    long n_rounds = rounds ? atol(rounds) : 20000;
    srand(20261124);
    for (long round = 0; round < n_rounds; round++) {
        char text[600];
        size_t n = 0, pieces = (size_t)rand() % 60;
        for (size_t i = 0; i < pieces; i++) {
            const char *w = words[(size_t)rand() % (sizeof words / sizeof *words)];
            memcpy(text + n, w, strlen(w));
            n += strlen(w);
            if (rand() % 40 == 0)
                text[n++] = '\0';
        }
        struct csv_limits l = {rand() % 2 ? 1000 : 8 + (size_t)rand() % 40, rand() % 2 ? 50 : 1 + (size_t)rand() % 8};
        check_same((struct str){text, n}, &l, 1 + (size_t)rand() % 30);
    }
}

/* ---- by hand ---- */

struct expected {
    const char *input;
    size_t n_input;
    const char *records; /* fields in [], a problem as !text, each with @first-last line */
};
#define IN(literal) literal, sizeof(literal) - 1

static void describe(struct str input, struct buf *b)
{
    static struct seen got[RECORDS_MAX];
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    size_t n = fast_read(&a, input, &(struct csv_limits){64, 4}, 1 + input.n, got);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < got[i].n; k++)
            (void)buf_fmt(b, "[%.*s]", STR_ARG(got[i].fields[k]));
        if (got[i].problem != ERR_OK)
            (void)buf_fmt(b, "!%s", got[i].why);
        (void)buf_fmt(b, "@%u-%u ", (unsigned)got[i].first_line, (unsigned)got[i].last_line);
    }
}

static void cases_by_hand(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {IN("a,b\n1,2\n"), "[a][b]@1-1 [1][2]@2-2 "},
        {IN("a,b\r\n1,2"), "[a][b]@1-1 [1][2]@2-2 "},
        {IN("a\rb\r"), "[a]@1-1 [b]@2-2 "},
        {IN("\xEF\xBB\xBF" "a,b"), "[a][b]@1-1 "},
        {IN("a,\n,\n"), "[a][]@1-1 [][]@2-2 "},
        {IN("\n\r\n\na\n\n"), "[a]@4-4 "},
        {IN(""), ""},
        {IN("\xEF\xBB\xBF"), ""},
        {IN("\xEF\xBB"), "[\xEF\xBB]@1-1 "},
        {IN("\"\"\n\"a\"\"b\",\"c,d\"\n"), "[]@1-1 [a\"b][c,d]@2-2 "},
        {IN("\"x\ny\r\nz\",1\n2\n"), "[x\ny\r\nz][1]@1-3 [2]@4-4 "},
        {IN(" \"a\"\nb\n"), "!there is a quote inside an unquoted field@1-1 [b]@2-2 "},
        {IN("a\"b\nc\n"), "!there is a quote inside an unquoted field@1-1 [c]@2-2 "},
        {IN("\"a\" ,b\nc\n"), "!text follows a closing quote@1-1 [c]@2-2 "},
        {IN("\"a\"b,\"c\nd\"\ne\n"), "!text follows a closing quote@1-1 !there is a quote inside an unquoted field@2-2 [e]@3-3 "},
        {IN("1,\"a\n2,b\n3,c\n"), "!a quote is not closed@1-1 [2][b]@2-2 [3][c]@3-3 "},
        {IN("1,\"a\n2,\"b\"\n3,c\n"), "!a quote is not closed@1-1 [2][b]@2-2 [3][c]@3-3 "},
        {IN("\"p\nq\",\"a\nr\n"), "!a quote is not closed@1-2 [r]@3-3 "},
        {IN("a,\"b"), "!a quote is not closed@1-1 "},
        {IN("a\0b,c\nd\n"), "!there is a NUL byte@1-1 [d]@2-2 "},
        {IN("\"a\0\nb\",c\nd\n"), "!there is a NUL byte@1-2 [d]@3-3 "},
        {IN("1,2,3,4\n1,2,3,4,5\n1\n"),
         "[1][2][3][4]@1-1 !the record is over its limit of 4 columns@2-2 [1]@3-3 "},
        {IN("0123456789012345678901234567890123456789012345678901234567890123\nb\n"),
         "[0123456789012345678901234567890123456789012345678901234567890123]@1-1 [b]@2-2 "},
        {IN("01234567890123456789012345678901234567890123456789012345678901234\nb\n"),
         "!the record is over its limit of 64 bytes@1-1 [b]@2-2 "},
        {IN("\"01234567890123456789012345678901234567890123456789012345678901234\",\"c\"\nb\n"),
         "!the record is over its limit of 64 bytes@1-1 [b]@2-2 "},
        {IN("\"a\n01234567890123456789012345678901234567890123456789012345678901\nb\n"),
         "!a quote is not closed within the limit of a record@1-1 "
         "[01234567890123456789012345678901234567890123456789012345678901]@2-2 [b]@3-3 "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        _cleanup_buf_ struct buf b;
        buf_init(&b, 4096);
        describe((struct str){cases[i].input, cases[i].n_input}, &b);
        assert_true(buf_char(&b, '\0'));
        assert_string_equal(b.p, cases[i].records);
        check_same((struct str){cases[i].input, cases[i].n_input}, &(struct csv_limits){64, 4}, 1);
    }
}

static void limits_and_separators_are_checked(void **state)
{
    (void)state;
    struct csv *c = NULL;
    struct err e;
    assert_int_equal(csv_new('x', NULL, &c, &e), ERR_USAGE);
    assert_string_equal(e.message, "the CSV separator must be a comma, a tab, a semicolon or a bar");
    assert_int_equal(csv_new('\0', NULL, &c, &e), ERR_USAGE);
    assert_int_equal(csv_new(',', &(struct csv_limits){0, 5}, &c, &e), ERR_USAGE);
    assert_string_equal(e.message, "the CSV limits of 0 bytes and 5 columns cannot be used");
    assert_null(c);
    struct csv_record r;
    assert_int_equal(csv_new(';', NULL, &c, &e), ERR_OK);
    csv_feed(c, "a,b;c\n", 6);
    assert_true(csv_next(c, &r));
    assert_int_equal(r.n, 2);
    assert_true(str_eq(r.fields[0], STR("a,b")));
    csv_free(c);
}

/* ---- files and writing ---- */

static const char *file_with(struct arena *a, struct str text)
{
    char path[] = "/tmp/haven-test-csv-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text.p, text.n), text.n);
    (void)close(fd);
    return str_z(a, str_of(path));
}

static void what_is_no_file_is_refused(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    struct csv_file *f = NULL;
    struct err e;
    assert_int_equal(csv_open("/nowhere/x.csv", ',', NULL, &f, &e), ERR_IO);
    assert_string_equal(e.message, "/nowhere/x.csv: cannot be opened: No such file or directory");
    assert_int_equal(csv_open("/tmp", ',', NULL, &f, &e), ERR_IO);
    assert_string_equal(e.message, "/tmp: is a directory; name a CSV file");
    assert_int_equal(csv_open("/dev/null", ',', NULL, &f, &e), ERR_IO);
    assert_string_equal(e.message, "/dev/null: is not a regular file; save it to a file first");
    const char *path = file_with(&a, STR(""));
    assert_int_equal(csv_open(path, ',', NULL, &f, &e), ERR_IO);
    assert_non_null(strstr(e.message, ": is empty; ask for the extract again"));
    (void)unlink(path);
    assert_null(f);
}

static void a_file_reads_as_its_bytes(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    _cleanup_buf_ struct buf b;
    arena_init(&a, 16 << 20);
    buf_init(&b, 8 << 20);
    for (int i = 0; i < 100000; i++)
        (void)buf_fmt(&b, "%d,\"row\n%d\",x\r\n", i, i);
    const char *path = file_with(&a, buf_as_str(&b));
    struct csv_file *f = NULL;
    struct csv_record r;
    struct err e;
    assert_int_equal(csv_open(path, ',', NULL, &f, &e), ERR_OK);
    bool more = true;
    int n = 0;
    for (; csv_read(f, &r, &more, &e) == ERR_OK && more; n++) {
        int64_t v = -1;
        assert_true(str_to_int64(r.fields[0], &v));
        assert_int_equal(v, n);
        assert_int_equal(r.first_line, 2 * n + 1);
        assert_int_equal(r.last_line, 2 * n + 2);
    }
    assert_int_equal(n, 100000);
    assert_int_equal(csv_bytes_read(f), b.n);
    assert_int_equal(csv_bytes_total(f), b.n);
    csv_close(f);
    (void)unlink(path);
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    static const char *const values[] = {"", "a", "a,b", "\"", "x\"y", "\n", "\r\n", " ", "\"\"", "\xEF\xBB\xBFz", "''", ",\"\n"};
    const size_t n_values = sizeof values / sizeof *values;
    srand(7);
    for (int round = 0; round < 2000; round++) {
        static struct seen got[RECORDS_MAX];
        _cleanup_arena_ struct arena a;
        _cleanup_buf_ struct buf b;
        arena_init(&a, 1 << 20);
        buf_init(&b, 1 << 16);
        size_t n = 1 + (size_t)rand() % 5, want[8];
        for (size_t i = 0; i < n; i++) {
            want[i] = (size_t)rand() % n_values;
            assert_true(csv_write_field(&b, str_of(values[want[i]]), i == 0));
        }
        assert_true(csv_write_end(&b));
        assert_int_equal(fast_read(&a, buf_as_str(&b), &(struct csv_limits){1000, 50}, 3, got), 1);
        assert_int_equal(got[0].n, n);
        for (size_t i = 0; i < n; i++)
            assert_true(str_eq(got[0].fields[i], str_of(values[want[i]])));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_by_hand),
        cmocka_unit_test(random_inputs_in_random_pieces),
        cmocka_unit_test(limits_and_separators_are_checked),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(a_file_reads_as_its_bytes),
        cmocka_unit_test(what_is_written_reads_back),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
