/* simulate.c: one run: the directory, the wards one after the other, the extracts in order of time.
 *
 * DIR/simulate.json is written first, so that a run that was cut short can be repeated over what it left, and written
 * again at the end with the counts. */
#include "simulate/county.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const simulate_feeds[] = {
    "police-crime",     "police-custody",     "prison", "health", "housing", "charity", "organisation",
    "police-uk-street", "police-uk-outcomes", NULL};

static const struct truth_file {
    const char *name, *header;
    size_t at; /* in struct truth */
} truth_files[] = {
    {"persons.csv", "person,household,given,middle,surname,former_surname,dob,sex,kin,moves",
     offsetof(struct truth, persons)},
    {"mentions.csv", "feed,record_key,row_key,slot,person", offsetof(struct truth, mentions)},
    {"pairs.csv", "victim,suspect,kind,escalating,first,last,occasions", offsetof(struct truth, pairs)},
    {"occasions.csv", "occasion,victim,suspect,at,behaviour,feed,record_key", offsetof(struct truth, occasions)},
    {"misrecorded.csv", "feed,record_key,victim,suspect", offsetof(struct truth, misrecorded)},
    {"custody_contact.csv", "feed,record_key,victim,suspect", offsetof(struct truth, custody_contact)},
    {"breaches.csv", "feed,record_key,victim,suspect,order_type", offsetof(struct truth, breaches)},
};
#define N_TRUTH (sizeof truth_files / sizeof *truth_files)

static FILE **truth_at(struct truth *t, size_t i) { return (FILE **)(void *)((char *)t + truth_files[i].at); }

static enum err_code open_file(const char *dir, const char *folder, const char *name, FILE **ret, struct err *e)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s%s%s/%s", dir, folder[0] ? "/" : "", folder, name) >= (int)sizeof path)
        return err_set(e, ERR_USAGE, "the path of --out is too long (limit 4,000 bytes)");
    FILE *f = fopen(path, "wbe");
    if (!f)
        return err_set(e, ERR_IO, "cannot write %s: %s", path, strerror(errno));
    *ret = f;
    return ERR_OK;
}

static enum err_code close_file(FILE **f, const char *name, struct err *e)
{
    bool failed = ferror(*f) != 0;
    failed |= fclose(*f) != 0;
    *f = NULL;
    return failed ? err_set(e, ERR_IO, "writing %s failed: is the disk full?", name) : ERR_OK;
}

/* A directory that is not there, is empty, or bears our mark. */
static enum err_code check_directory(const char *dir, struct err *e)
{
    DIR *d = opendir(dir);
    if (!d) {
        if (errno == ENOENT)
            return mkdir(dir, 0777) == 0 ? ERR_OK
                                         : err_set(e, ERR_IO, "cannot make the directory %s: %s", dir, strerror(errno));
        return err_set(e, errno == ENOTDIR ? ERR_USAGE : ERR_IO, "cannot use %s as a directory: %s", dir,
                       strerror(errno));
    }
    bool other = false, ours = false;
    for (const struct dirent *x; (x = readdir(d));) {
        if (!strcmp(x->d_name, "simulate.json"))
            ours = true;
        else if (strcmp(x->d_name, ".") && strcmp(x->d_name, ".."))
            other = true;
    }
    (void)closedir(d);
    if (other && !ours)
        return err_set(e, ERR_REFUSED,
                       "%s is not empty and holds no earlier county (no simulate.json): give another --out", dir);
    return ERR_OK;
}

static enum err_code make_folder(const char *dir, const char *folder, struct err *e)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", dir, folder) >= (int)sizeof path)
        return err_set(e, ERR_USAGE, "the path of --out is too long (limit 4,000 bytes)");
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return err_set(e, ERR_IO, "cannot make the directory %s: %s", path, strerror(errno));
    return ERR_OK;
}

static enum err_code write_mark(const struct county *c, const char *dir, bool complete, struct err *e)
{
    FILE *f;
    ERR_TRY(open_file(dir, "", "simulate.json", &f, e));
    (void)fprintf(f, "{\"county\":\"Ouseshire\",\"people\":%u,\"seed\":%llu,\"noise\":%.17g,\"complete\":%s,\"rows\":{",
                  c->o->people, (unsigned long long)c->o->seed, c->o->noise, complete ? "true" : "false");
    for (int i = 0; i < FEED_N; i++)
        (void)fprintf(f, "%s\"%s\":%llu", i ? "," : "", feed_names[i], (unsigned long long)c->rows[i].total);
    (void)fprintf(f, "},\"mentions\":%llu,\"pairs\":%llu,\"occasions\":%llu}\n",
                  (unsigned long long)c->truth.n_mentions, (unsigned long long)c->truth.n_pairs,
                  (unsigned long long)c->truth.n_occasions);
    return close_file(&f, "simulate.json", e);
}

static enum err_code start(struct county *c, const char *dir, struct err *e)
{
    bool ok = civil_to_day(2026, 10, 31, &c->end_day) &&
              civil_to_day(2026 - (c->o->years ? c->o->years : 3), 11, 1, &c->start_day);
    assert(ok);
    c->rate = rates_at(c->o->noise);
    c->n_wards = (c->o->people + WARD_PEOPLE - 1) / WARD_PEOPLE;
    if (!id_nhs_init(c))
        return err_set(e, ERR_NO_MEMORY, "out of memory for the table of NHS numbers");
    ERR_TRY(check_directory(dir, e));
    ERR_TRY(write_mark(c, dir, false, e));
    ERR_TRY(make_folder(dir, "extracts", e));
    ERR_TRY(make_folder(dir, "truth", e));
    for (size_t i = 0; i < N_TRUTH; i++) {
        ERR_TRY(open_file(dir, "truth", truth_files[i].name, truth_at(&c->truth, i), e));
        (void)fprintf(*truth_at(&c->truth, i), "%s\n", truth_files[i].header); /* close_file looks at the stream */
    }
    return ERR_OK;
}

static enum err_code ward_run(struct county *c, uint32_t number, struct err *e)
{
    struct ward w = {.c = c};
    uint32_t left = c->o->people - number * WARD_PEOPLE;
    enum err_code code = ward_populate(&w, number, left < WARD_PEOPLE ? left : WARD_PEOPLE, e);
    if (code == ERR_OK) {
        ward_live(&w);
        ward_stalking(&w); /* first: what it changes (moves, numbers) the background must see */
        ward_disputes(&w);
        ward_background(&w);
        for (uint32_t i = 0; i < w.n; i++)
            truth_person(c, &w, i);
        if (c->line.failed || c->text.failed || c->text2.failed || c->text3.failed)
            code = err_set(e, ERR_NO_MEMORY, "out of memory for a row");
    }
    ward_release(&w);
    return code;
}

static enum err_code finish(struct county *c, const char *dir, struct err *e)
{
    for (size_t i = 0; i < N_TRUTH; i++)
        ERR_TRY(close_file(truth_at(&c->truth, i), truth_files[i].name, e));
    for (int i = 0; i < FEED_N; i++) {
        FILE *f;
        ERR_TRY(open_file(dir, "extracts", feed_file_names[i], &f, e));
        buf_clear(&c->line);
        extract_header((enum feed)i, &c->line);
        (void)fwrite(c->line.p ? c->line.p : "", 1, c->line.n, f); /* close_file looks at the stream */
        enum err_code code = rows_write(&c->rows[i], f, e),
                      closed = close_file(&f, feed_file_names[i], code == ERR_OK ? e : NULL);
        ERR_TRY(code);
        ERR_TRY(closed);
    }
    return write_mark(c, dir, true, e);
}

static void release(struct county *c)
{
    for (int i = 0; i < FEED_N; i++)
        rows_release(&c->rows[i]);
    for (size_t i = 0; i < N_TRUTH; i++)
        if (*truth_at(&c->truth, i))
            (void)fclose(*truth_at(&c->truth, i)); /* after an error: it was reported */
    free(c->nhs);
    buf_release(&c->line);
    buf_release(&c->text);
    buf_release(&c->text2);
    buf_release(&c->text3);
}

static enum err_code run(struct county *c, const char *dir, struct err *e)
{
    ERR_TRY(start(c, dir, e));
    if (c->o->progress)
        progress_start(c->o->progress, "Making the county", c->n_wards);
    for (uint32_t i = 0; i < c->n_wards; i++) {
        ERR_TRY(ward_run(c, i, e));
        if (c->o->progress)
            progress_to(c->o->progress, i + 1);
    }
    ERR_TRY(finish(c, dir, e));
    return ERR_OK;
}

enum err_code simulate_run(const struct simulate_options *o, const char *dir, struct simulate_counts *ret,
                           struct err *e)
{
    if (o->people < 1 || o->people > SIMULATE_MAX_PEOPLE)
        return err_set(e, ERR_USAGE, "--people must be from 1 to %u", SIMULATE_MAX_PEOPLE);
    if (!(o->noise >= 0 && o->noise <= SIMULATE_MAX_NOISE))
        return err_set(e, ERR_USAGE, "--noise must be from 0 to %g", SIMULATE_MAX_NOISE);
    if (o->years < 0 || o->years > SIMULATE_MAX_YEARS)
        return err_set(e, ERR_USAGE, "years must be from 1 to %d", SIMULATE_MAX_YEARS);
    struct county *c = calloc(1, sizeof *c);
    if (!c)
        return err_set(e, ERR_NO_MEMORY, "out of memory for the county");
    c->o = o;
    for (int i = 0; i < FEED_N; i++)
        rows_init(&c->rows[i], dir);
    buf_init(&c->line, LIMIT_FIELD_BYTES);
    buf_init(&c->text, LIMIT_FIELD_BYTES);
    buf_init(&c->text2, LIMIT_FIELD_BYTES);
    buf_init(&c->text3, LIMIT_FIELD_BYTES);
    enum err_code code = run(c, dir, e);
    if (o->progress)
        progress_end(o->progress);
    if (code == ERR_OK && ret) {
        *ret = (struct simulate_counts){.people = o->people,
                                        .mentions = c->truth.n_mentions,
                                        .pairs = c->truth.n_pairs,
                                        .occasions = c->truth.n_occasions};
        for (int i = 0; i < FEED_N; i++)
            ret->rows[i] = c->rows[i].total;
    }
    release(c);
    free(c);
    return code;
}
