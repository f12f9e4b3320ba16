/* read.c: CSV files to one table. All files have the same columns, in any order; a record that is not RFC 4180 refuses the whole read with
 * file and line, because a linkage over part of a file would look like one over all of it. A large file is read in ranges by several threads (read_chunks.c);
 * as soon as anything is wrong, this file's one reader goes through it from its beginning, so that errors are the same however many threads there are. */
#include "linkage/model.h"
#include "linkage/read.h"

#include <stdio.h>

struct files {
    struct link_table *t;
    const struct link_read_options *o;
    const struct read_shape *shape;
    struct arena a;
    struct str *columns; /* of the files */
    ptrdiff_t *kept;     /* the table's column of each; -1: not kept */
    size_t n_columns;
    ptrdiff_t source;    /* the table's column source_dataset; -1 with one file */
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

/* ---- headers ---- */

static bool is_wanted(const struct link_read_options *o, struct str name)
{
    for (size_t i = 0; i < o->n_columns; i++)
        if (str_eq(o->columns[i], name))
            return true;
    return !o->columns || str_eq(o->id, name);
}

static enum err_code table_of(struct files *f, const struct str *names, size_t n, struct err *e)
{
    ERR_TRY(link_table_new(names, n, LIMIT_LINK_TABLE_BYTES, &f->t, e));
    f->t->threads = f->shape->threads;
    for (size_t i = 0; i < n; i++)
        f->t->columns[i].apart = f->o->id_apart && str_eq(names[i], f->o->id);
    return ERR_OK;
}

static enum err_code table_from_header(struct files *f, const struct csv_record *header, struct err *e)
{
    size_t n = 0;
    f->n_columns = header->n;
    f->columns = ARENA_NEW(&f->a, struct str, header->n);
    f->kept = ARENA_NEW(&f->a, ptrdiff_t, header->n);
    struct str *names = ARENA_NEW(&f->a, struct str, header->n + 1);
    if (!f->columns || !f->kept || !names)
        return err_set(e, ERR_NO_MEMORY, "no memory for the columns of a table");
    for (size_t i = 0; i < header->n; i++) {
        f->columns[i] = str_dup(&f->a, header->fields[i]);
        for (size_t k = 0; k < i; k++)
            if (str_eq(f->columns[k], f->columns[i]))
                return err_set(e, ERR_FORMAT, "column %.*s is there twice; rename one of them", STR_ARG(f->columns[i]));
        f->kept[i] = is_wanted(f->o, f->columns[i]) ? (ptrdiff_t)n : -1;
        if (f->kept[i] >= 0)
            names[n++] = f->columns[i];
    }
    f->source = f->several ? (ptrdiff_t)n : -1;
    if (f->several)
        names[n++] = STR("source_dataset");
    if (n == 0) /* what is missing is the caller's to say: it looks for its columns by name */
        names[n++] = f->columns[f->kept[0] = 0];
    return table_of(f, names, n, e);
}

/* place[i]: the table's column of field i of this file. */
static enum err_code match_header(struct files *f, const char *path, const struct csv_record *header, ptrdiff_t *place, struct err *e)
{
    for (size_t i = 0; i < header->n; i++) {
        size_t k = 0;
        while (k < f->n_columns && !str_eq(f->columns[k], header->fields[i]))
            k++;
        if (k == f->n_columns)
            return err_set(e, ERR_FORMAT, "%s: column %.*s is not in the first file", path, STR_ARG(header->fields[i]));
        for (size_t before = 0; before < i; before++)
            if (str_eq(header->fields[before], header->fields[i]))
                return err_set(e, ERR_FORMAT, "%s: column %.*s is there twice; rename one of them", path, STR_ARG(header->fields[i]));
        place[i] = f->kept[k];
    }
    if (header->n != f->n_columns)
        return err_set(e, ERR_FORMAT, "%s: %zu columns, but the first file has %zu", path, header->n, f->n_columns);
    return ERR_OK;
}

static ptrdiff_t field_of(const struct csv_record *header, struct str name)
{
    for (size_t i = 0; name.p && i < header->n; i++)
        if (str_eq(header->fields[i], name))
            return (ptrdiff_t)i;
    return -1;
}

/* ---- records ---- */

bool read_is_right(const struct read_file *f, const struct csv_record *r)
{
    return r->problem == ERR_OK && r->n == f->n_fields && (f->id < 0 || r->fields[f->id].n > 0);
}

enum err_code read_add(struct table_batch *b, const struct read_file *f, const struct csv_record *r, struct err *e)
{
    for (size_t i = 0; i < f->n_fields; i++)
        if (f->place[i] >= 0)
            b->row[f->place[i]] = r->fields[i];
    if (f->source >= 0)
        b->row[f->source] = f->dataset;
    return table_batch_add(b, b->row, e);
}

static enum err_code read_records(struct table_batch *b, struct csv_file *file, const struct read_file *f, struct err *e)
{
    struct csv_record r;
    bool more;
    for (;;) {
        ERR_TRY(csv_read(file, &r, &more, e));
        if (!more)
            return table_batch_flush(b, e);
        ERR_TRY(record_ok(f->path, &r, f->n_fields, e));
        if (!read_is_right(f, &r))
            return err_set(e, ERR_FORMAT, "%s:%llu: the record has no %.*s; give each record its own", f->path, (unsigned long long)r.first_line,
                           STR_ARG(f->id_name));
        ERR_TRY(read_add(b, f, &r, e));
    }
}

static enum err_code read_file(struct files *f, struct csv_file *file, const char *path, struct err *e)
{
    struct csv_record header;
    struct table_batch b;
    ptrdiff_t place[LIMIT_CSV_COLUMNS];
    bool more, done;
    ERR_TRY(csv_read(file, &header, &more, e));
    if (!more)
        return err_set(e, ERR_FORMAT, "%s: no header row", path);
    ERR_TRY(record_ok(path, &header, 0, e));
    if (!f->t)
        ERR_TRY(table_from_header(f, &header, e));
    ERR_TRY(match_header(f, path, &header, place, e));
    const struct read_file one = {.path = path, .fd = csv_descriptor(file), .dataset = dataset_name(path), .place = place, .n_fields = header.n, .source = f->source, .id_name = f->o->id, .id = field_of(&header, f->o->id),
                                  .body = header.last_byte, .size = csv_bytes_total(file)};
    ERR_TRY(read_chunks(f->t, &one, f->shape, &done, e));
    if (done)
        return ERR_OK;
    ERR_TRY(table_batch_new(f->t, &b, e));
    enum err_code code = read_records(&b, file, &one, e);
    table_batch_free(&b);
    return code;
}

/* ---- where a row stands ---- */

static enum err_code keep_paths(struct link_table *t, const char *const *paths, size_t n, struct err *e)
{
    const char **kept = ARENA_NEW(&t->names, const char *, n);
    for (size_t i = 0; kept && i < n; i++) {
        kept[i] = str_z(&t->names, str_of(paths[i]));
        if (!kept[i])
            return err_set(e, ERR_NO_MEMORY, "no memory for the names of files");
    }
    t->paths = kept;
    t->n_paths = n;
    return kept ? ERR_OK : err_set(e, ERR_NO_MEMORY, "no memory for the names of files");
}

/* Counts *row down by the file's records; true when it is one of them. */
static bool find_in_file(const char *path, size_t *row, char ret[TABLE_PLACE_BYTES])
{
    struct csv_file *file;
    struct csv_record r;
    bool more, header = true, found = false;
    if (csv_open(path, ',', NULL, &file, NULL) != ERR_OK)
        return false;
    while (!found && csv_read(file, &r, &more, NULL) == ERR_OK && more) {
        found = !header && (*row)-- == 0;
        header = false;
    }
    if (found)
        (void)snprintf(ret, TABLE_PLACE_BYTES, "%.170s:%llu", path, (unsigned long long)r.first_line);
    csv_close(file);
    return found;
}

bool table_row_place(const struct link_table *t, size_t row, char ret[TABLE_PLACE_BYTES])
{
    for (size_t i = 0; i < t->n_paths; i++)
        if (find_in_file(t->paths[i], &row, ret))
            return true;
    return false;
}

/* ---- the calls ---- */

enum err_code read_files(const char *const *paths, size_t n_paths, const struct link_read_options *o, const struct read_shape *shape, struct link_table **ret,
                         struct err *e)
{
    struct files f = {.o = o, .shape = shape, .several = n_paths > 1};
    enum err_code code = n_paths ? ERR_OK : err_set(e, ERR_USAGE, "no file to read: name at least one CSV file");
    arena_init(&f.a, LIMIT_CSV_RECORD_BYTES * 4);
    for (size_t i = 0; code == ERR_OK && i < n_paths; i++) {
        struct csv_file *file;
        code = csv_open(paths[i], ',', shape->limits, &file, e);
        if (code != ERR_OK)
            break;
        code = read_file(&f, file, paths[i], e);
        csv_close(file);
    }
    arena_release(&f.a);
    if (code == ERR_OK)
        code = keep_paths(f.t, paths, n_paths, e);
    if (code != ERR_OK)
        link_table_free(f.t);
    else
        *ret = f.t;
    return code;
}

enum err_code link_table_read_with(const char *const *paths, size_t n_paths, const struct link_read_options *o, struct link_table **ret, struct err *e)
{
    const struct read_shape shape = {.threads = o->threads};
    return read_files(paths, n_paths, o, &shape, ret, e);
}

enum err_code link_table_read(const char *const *paths, size_t n_paths, struct link_table **ret, struct err *e)
{
    return link_table_read_with(paths, n_paths, &(struct link_read_options){0}, ret, e);
}

enum err_code link_read_options_of(const struct link_model *m, struct str also, struct arena *a, struct link_read_options *ret, struct err *e)
{
    const struct str others[] = {m->unique_id, m->source_dataset, STR("source_dataset"), also};
    size_t n = m->names.n, n_others = sizeof others / sizeof *others - (also.p == NULL);
    struct str *columns = ARENA_NEW(a, struct str, n + n_others);
    bool compared = str_eq(also, m->unique_id);
    if (!columns)
        return err_set(e, ERR_NO_MEMORY, "no memory for the columns of a model");
    for (size_t i = 0; i < n; i++) {
        columns[i] = m->names.items[i];
        compared |= str_eq(columns[i], m->unique_id);
    }
    memcpy(columns + n, others, n_others * sizeof *others);
    *ret = (struct link_read_options){.columns = columns, .n_columns = n + n_others, .id = m->number_rows ? STR_NONE : m->unique_id, .id_apart = !compared};
    return ERR_OK;
}
