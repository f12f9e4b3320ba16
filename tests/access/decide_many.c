/* decide_many: access_decide for many questions, fast, so that a second model of docs/access.md can be compared with the C.
 *
 *     decide_many < QUESTIONS             answers, a line each
 *     decide_many --random SEED N         N questions at random, each with its answer behind it on the same line
 *     decide_many --lattice [FROM TO STEP]   a line for each chunk of the lattice (all; or FROM, FROM + STEP, ... below TO)
 *     decide_many --dump CHUNK            every question of one chunk with its answer, in order
 *
 * The second model, tests/access/model.py, answers the first form alike (tests/access/seeded/run.py counts on it), and --lattice, whose lines can be compared by diff.
 *
 * A question is a line of 22 decimal integers, one blank between them:
 *      1 standing  2 roles (bits)  3 from  4 to  5 agency  6 stepped up until  7 action  8 purpose  9 basis  10 now
 *     11 kind  12 level  13 owner  14 ceiling  15 shared from  16 shared to  17 assigned until  18 unit until  19 named until  20 listed until  21 glass until
 *     22 conflicts (bits)
 * An answer is a line of 6: rule, grade, groups (bits), allowed, hidden, watch. The last three are 0 or 1; the grade is -1 (none) to 3.
 *
 * Numbers (0, and whatever is not named, is unknown):
 *     standing 1 active, 2 suspended, 3 ended
 *     roles    bit 1 (value 2) reviewer, 2 (4) practitioner, 3 (8) advocate, 4 (16) supervisor, 5 (32) dpo, 6 (64) analyst, 7 (128) administrator
 *     action   1 search, 2 view, 3 unmask, 4 export, 5 decide, 6 list, 7 load, 8 update, 9 measure, 10 audit, 11 manage, 12 glass, 13 close
 *     purpose  1 safeguarding, 2 investigation, 3 prosecution, 4 offender-management, 5 victim-support, 6 meeting, 7 statistics, 8 audit, 9 subject-rights, 10 administration
 *     basis    1 none, 2 given
 *     kind     1 person, 2 record, 3 case, 4 quarantine, 5 ledger, 6 alert, 7 registry, 8 hub
 *     level    1 open, 2 audited, 3 protected, 4 closed
 *     ceiling  -1 none, 0 to 3
 *     conflict bit 0 (value 1) self, 1 (2) relative, 2 (4) colleague
 *     groups   bit 0 (value 1) name, 1 birth, 2 former_names, 3 address, 4 phone, 5 school, 6 workplace, 7 summary, 8 identifiers, 9 narrative, 10 (1024) record
 * Enums, roles and conflicts are 32 bits wide (-1 is 4294967295), the ceiling is an int, the others 64 bits; a number that does not fit, or a line with other than 22, ends the
 * program with exit status 2, naming the line.
 *
 * The lattice: 21,560 chunks of 145,800 questions, 3,143,448,000 in all. Instants: now is 1000; "in time" is from 1000 to 1001, "not begun" from 1001 to 2000, "over" from 0 to 1000.
 * A chunk's number in mixed radix, the slowest first:
 *     asker    7  0 active in time, 1 standing unknown (0), 2 suspended, 3 ended, 4 active not begun, 5 active over, 6 active in time of agency 0. The agency is 7, but for 6;
 *                 1, 2 and 3 are in time
 *     roles   10  0 none, 1 to 7 that role alone, 8 the value 1 (bit 0), 9 the value 258 (reviewer and an unlisted bit)
 *     step-up  2  0 until 1000, 1 until 1001
 *     action  14  its number, 0 to 13
 *     purpose 11  its number, 0 to 10
 * A question's number in its chunk, the slowest first:
 *     basis    3  its number, 0 to 2
 *     kind     9  its number, 0 to 8
 *     level    5  its number, 0 to 4
 *     owner    4  0 is -1, 1 the hub (0), 2 the asker's own (7), 3 another (8)
 *     sharing  9  0 to 6: ceiling -2 to 4, in time; 7: 3, not begun; 8: 3, over
 *     relation 6  0 none, 1 assigned, 2 unit, 3 named, 4 listed, 5 glass: held until 1001; the others until 1000
 *     conflict 5  0 none, 1 self, 2 relative, 3 colleague, 4 the value 8 (an unlisted bit)
 * A chunk's line: its number, the five digits, and its checksum in eight hexadecimal digits: CRC-32 (as zlib's crc32) over four bytes a question, in order:
 *     the rule; the grade + 1; the groups' low 8 bits; the groups' high 3 bits + 32 allowed + 64 hidden + 128 watch. */
#include "access/question.h"

#include <stdio.h>
#include <stdlib.h>

enum { BUFFER = 1 << 20, LONGEST_NUMBER = 21, LONGEST_LINE = (QUESTION_INTEGERS + ANSWER_INTEGERS) * LONGEST_NUMBER };

/* ---- writing ---- */

struct writer {
    size_t n;
    char p[BUFFER];
};

static void flush(struct writer *w)
{
    if (fwrite(w->p, 1, w->n, stdout) != w->n) {
        perror("decide_many: writing");
        exit(3);
    }
    w->n = 0;
}

static void put_number(struct writer *w, int64_t v)
{
    char digits[LONGEST_NUMBER];
    size_t n = 0;
    uint64_t rest = v < 0 ? -(uint64_t)v : (uint64_t)v;
    do
        digits[n++] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (v < 0)
        w->p[w->n++] = '-';
    while (n > 0)
        w->p[w->n++] = digits[--n];
}

static void put_numbers(struct writer *w, const int64_t *v, size_t n, char end)
{
    for (size_t i = 0; i < n; i++) {
        put_number(w, v[i]);
        w->p[w->n++] = i + 1 < n ? ' ' : end;
    }
    if (w->n + LONGEST_LINE > BUFFER)
        flush(w);
}

static void put_question(struct writer *w, const struct question *q)
{
    int64_t v[QUESTION_INTEGERS];
    question_to(q, v);
    put_numbers(w, v, QUESTION_INTEGERS, ' ');
}

static void put_answer(struct writer *w, const struct question *q)
{
    struct access_decision d = access_decide(&q->ask, &q->object);
    int64_t v[ANSWER_INTEGERS];
    answer_to(&d, v);
    put_numbers(w, v, ANSWER_INTEGERS, '\n');
}

/* ---- reading ---- */

struct reader {
    size_t at, n;
    char p[BUFFER];
};

static int next_char(struct reader *r)
{
    if (r->at == r->n) {
        r->n = fread(r->p, 1, BUFFER, stdin);
        r->at = 0;
        if (r->n == 0)
            return EOF;
    }
    return (unsigned char)r->p[r->at++];
}

/* A number and the character behind it; false when there is none, or it needs more than 64 bits. */
static bool get_number(struct reader *r, int64_t *ret, int *ret_end)
{
    int c = next_char(r);
    bool minus = c == '-';
    if (minus)
        c = next_char(r);
    uint64_t v = 0, most = (uint64_t)INT64_MAX + minus;
    if (c < '0' || c > '9')
        return false;
    for (; c >= '0' && c <= '9'; c = next_char(r)) {
        uint64_t d = (uint64_t)(c - '0');
        if (v > (most - d) / 10)
            return false;
        v = 10 * v + d;
    }
    *ret = (int64_t)(minus ? -v : v);
    *ret_end = c;
    return true;
}

static bool get_question(struct reader *r, struct question *ret)
{
    int64_t v[QUESTION_INTEGERS];
    for (size_t i = 0; i < QUESTION_INTEGERS; i++) {
        int end;
        if (!get_number(r, &v[i], &end) || end != (i + 1 < QUESTION_INTEGERS ? ' ' : '\n'))
            return false;
    }
    return question_from(v, ret);
}

static int answer_all(struct writer *w)
{
    static struct reader r;
    for (uint64_t line = 1;; line++) {
        if (next_char(&r) == EOF)
            return 0;
        r.at--;
        struct question q;
        if (!get_question(&r, &q)) {
            flush(w);
            fprintf(stderr, "decide_many: line %llu: no question of %d integers\n", (unsigned long long)line, QUESTION_INTEGERS);
            return 2;
        }
        put_answer(w, &q);
    }
}

/* ---- its own questions ---- */

static int random_questions(struct writer *w, uint64_t seed, uint64_t n)
{
    struct rng rng = {seed};
    for (uint64_t i = 0; i < n; i++) {
        struct question q;
        question_random(&rng, &q);
        put_question(w, &q);
        put_answer(w, &q);
    }
    return 0;
}

static int lattice(uint64_t from, uint64_t to, uint64_t step)
{
    for (uint64_t i = from; i < to && i < LATTICE_CHUNKS; i += step) {
        struct lattice_chunk c = lattice_chunk_of((unsigned)i);
        printf("%llu %u %u %u %u %u %08x\n", (unsigned long long)i, c.asker, c.roles, c.step_up, c.action, c.purpose, lattice_checksum((unsigned)i));
    }
    return 0;
}

static int dump(struct writer *w, uint64_t chunk)
{
    struct lattice_chunk c = lattice_chunk_of((unsigned)chunk);
    for (unsigned inner = 0; inner < LATTICE_INNER; inner++) {
        struct question q;
        lattice_question(&c, inner, &q);
        put_question(w, &q);
        put_answer(w, &q);
    }
    return 0;
}

/* ---- the command ---- */

static int usage(void)
{
    fputs("usage: decide_many [--random SEED N | --lattice [FROM TO STEP] | --dump CHUNK]\n", stderr);
    return 2;
}

static int run(struct writer *w, const char *mode, const int64_t *v, int n)
{
    if (!mode)
        return answer_all(w);
    if (strcmp(mode, "--random") == 0 && n == 2)
        return random_questions(w, (uint64_t)v[0], (uint64_t)v[1]);
    if (strcmp(mode, "--lattice") == 0 && n == 0)
        return lattice(0, LATTICE_CHUNKS, 1);
    if (strcmp(mode, "--lattice") == 0 && n == 3 && v[2] > 0)
        return lattice((uint64_t)v[0], (uint64_t)v[1], (uint64_t)v[2]);
    if (strcmp(mode, "--dump") == 0 && n == 1 && v[0] < LATTICE_CHUNKS)
        return dump(w, (uint64_t)v[0]);
    return usage();
}

int main(int argc, char **argv)
{
    static struct writer w;
    int64_t v[3];
    int n = argc > 2 ? argc - 2 : 0;
    if (n > 3)
        return usage();
    for (int i = 0; i < n; i++)
        if (!str_to_int64(str_of(argv[i + 2]), &v[i]) || v[i] < 0)
            return usage();
    int status = run(&w, argc > 1 ? argv[1] : NULL, v, n);
    flush(&w);
    return status;
}
