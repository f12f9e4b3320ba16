/* read.c: CSV files to one table. All files have the same columns, in any order; a record that is not RFC 4180 refuses the whole read with
 * file and line, because a linkage over part of a file would look like one over all of it. */
#include "linkage/linkage.h"

struct files {
    struct link_table *t;
    struct arena a;
    struct str *columns; /* of the table; source_dataset last when there are several files */
    size_t n_columns;
    bool several;
};

/* "dir/people.v2.csv" is the dataset "people.v2". */
static struct str dataset_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct str name = str_of(slash ? slash + 1 : path);
    const char *dot = strrchr(name.p, '.');
    return dot && dot > name.p ? str_slice(name, 0, (size_t)(dot - name.p)) : name;
}

static enum err_code record_ok(const char *path, const struct csv_record *r, size_t want, struct err *e)
{
    if (r->problem != ERR_OK)
        return err_set(e, r->problem, "%s:%llu: %s", path, (unsigned long long)r->first_line, r->why);
    if (want && r->n != want)
        return err_set(e, ERR_FORMAT, "%s:%llu: %zu fields where the header has %zu", path, (unsigned long long)r->first_line,
                       r->n, want);
    return ERR_OK;
}

static enum err_code table_from_header(struct files *f, const struct csv_record *header, struct err *e)
{
    static const struct str source = {"source_dataset", 14};
    f->n_columns = header->n + f->several;
    f->columns = ARENA_NEW(&f->a, struct str, f->n_columns);
    if (!f->columns)
        return err_set(e, ERR_NO_MEMORY, "no memory for the columns of a table");
    for (size_t i = 0; i < header->n; i++)
        f->columns[i] = str_dup(&f->a, header->fields[i]);
    if (f->several)
        f->columns[header->n] = source;
    return link_table_new(f->columns, f->n_columns, LIMIT_LINK_TABLE_BYTES, &f->t, e);
}

/* place[i]: the table's column of field i of this file. */
static enum err_code match_header(struct files *f, const char *path, const struct csv_record *header, size_t *place,
                                  struct err *e)
{
    size_t own = f->n_columns - f->several;
    for (size_t i = 0; i < header->n; i++) {
        ptrdiff_t c = link_table_column(f->t, header->fields[i]);
        if (c < 0 || (size_t)c >= own)
            return err_set(e, ERR_FORMAT, "%s: column %.*s is not in the first file", path, STR_ARG(header->fields[i]));
        place[i] = (size_t)c;
    }
    if (header->n != own)
        return err_set(e, ERR_FORMAT, "%s: %zu columns, but the first file has %zu", path, header->n, own);
    return ERR_OK;
}

static enum err_code read_records(struct files *f, struct csv_file *file, const char *path, struct err *e)
{
    struct csv_record r;
    bool more;
    struct str values[LIMIT_CSV_COLUMNS + 1];
    size_t place[LIMIT_CSV_COLUMNS], n;
    ERR_TRY(csv_read(file, &r, &more, e));
    if (!more)
        return err_set(e, ERR_FORMAT, "%s: no header row", path);
    ERR_TRY(record_ok(path, &r, 0, e));
    if (!f->t)
        ERR_TRY(table_from_header(f, &r, e));
    ERR_TRY(match_header(f, path, &r, place, e));
    n = r.n;
    values[f->n_columns - 1] = dataset_name(path);
    for (;;) {
        ERR_TRY(csv_read(file, &r, &more, e));
        if (!more)
            return ERR_OK;
        ERR_TRY(record_ok(path, &r, n, e));
        for (size_t i = 0; i < n; i++)
            values[place[i]] = r.fields[i];
        ERR_TRY(link_table_add(f->t, values, e));
    }
}

enum err_code link_table_read(const char *const *paths, size_t n_paths, struct link_table **ret, struct err *e)
{
    struct files f = {.several = n_paths > 1};
    enum err_code code = n_paths ? ERR_OK : err_set(e, ERR_USAGE, "no file to read: name at least one CSV file");
    arena_init(&f.a, LIMIT_CSV_RECORD_BYTES * 4);
    for (size_t i = 0; code == ERR_OK && i < n_paths; i++) {
        struct csv_file *file;
        code = csv_open(paths[i], ',', NULL, &file, e);
        if (code != ERR_OK)
            break;
        code = read_records(&f, file, paths[i], e);
        csv_close(file);
    }
    arena_release(&f.a);
    if (code != ERR_OK)
        link_table_free(f.t);
    else
        *ret = f.t;
    return code;
}
