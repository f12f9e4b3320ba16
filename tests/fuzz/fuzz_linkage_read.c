/* Tables from CSV files. The first two bytes choose limits, chunks of a few bytes, threads and columns. Promise: the reader in ranges gives what the one reader gives: the same
 * rows, the same codes, the same texts, or the same error. */
#include "fuzz.h"
#include "linkage/read.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static struct link_table *read_as(const char *const *paths, size_t n, const struct link_read_options *o, const struct read_shape *shape, struct err *e)
{
    struct link_table *t = NULL;
    *e = (struct err){0};
    enum err_code code = read_files(paths, n, o, shape, &t, e);
    must((code == ERR_OK) == (t != NULL) && code == e->code);
    return t;
}

static void same_tables(const struct link_table *a, const struct link_table *b)
{
    must(a->n_columns == b->n_columns && a->rows == b->rows);
    for (size_t i = 0; i < a->n_columns; i++) {
        const struct table_column *x = &a->columns[i], *y = &b->columns[i];
        must(str_eq(x->name, y->name) && x->dict.n == y->dict.n);
        must(a->rows == 0 || memcmp(x->codes, y->codes, a->rows * sizeof *x->codes) == 0);
        for (uint32_t code = 1; code <= x->dict.n; code++)
            must(str_eq(dictionary_value(&x->dict, code), dictionary_value(&y->dict, code)) && (x->apart || dictionary_find(&y->dict, dictionary_value(&x->dict, code)) == code));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 3)
        return 0;
    char path[64];
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    must(fd >= 0 && write(fd, data + 2, n - 2) == (ssize_t)(n - 2));
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    const char *const paths[] = {path, path};
    const struct csv_limits limits = {data[0] & 1 ? 4096 : 64, data[0] & 2 ? 64 : 3};
    const struct str some[] = {{"a", 1}, {"b", 1}};
    const struct link_read_options o = {.columns = data[0] & 4 ? some : NULL, .n_columns = data[0] & 4 ? 2 : 0, .id = data[0] & 72 ? STR("id") : STR_NONE, .id_apart = data[0] & 8};
    const struct read_shape one = {.threads = 1, .chunk_bytes = SIZE_MAX, .limits = &limits};
    const struct read_shape ranges = {.threads = data[0] & 32 ? 2 : 1, .chunk_bytes = 1 + data[1] % 48, .limits = &limits};
    struct err e, f;
    struct link_table *a = read_as(paths, data[0] & 16 ? 2 : 1, &o, &one, &e);
    struct link_table *b = read_as(paths, data[0] & 16 ? 2 : 1, &o, &ranges, &f);
    must((a == NULL) == (b == NULL) && e.code == f.code && strcmp(e.message, f.message) == 0);
    if (a)
        same_tables(a, b);
    link_table_free(a);
    link_table_free(b);
    (void)close(fd);
    return 0;
}
