/* csv_file.c: the reader of csv.c over a regular file, and the writing of CSV.
 *
 * A file is read in pieces of 256 KiB, so memory does not grow with it. What is not a file with
 * something in it (a directory, a pipe, an empty file) is refused when it is opened, before anything is read. */
#include "base/csv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_BYTES ((size_t)256 << 10)

struct csv_file {
    struct csv *reader;
    int fd;
    uint64_t read, total;
    bool ended;
    char *path; /* for errors */
    char piece[PIECE_BYTES];
};

static enum err_code check_kind(int fd, const char *path, uint64_t *ret_total, struct err *e)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return err_set(e, ERR_IO, "%s: cannot be read: %s", path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return err_set(e, ERR_IO, "%s: is a directory; name a CSV file", path);
    if (!S_ISREG(st.st_mode))
        return err_set(e, ERR_IO, "%s: is not a regular file; save it to a file first", path);
    if (st.st_size == 0)
        return err_set(e, ERR_IO, "%s: is empty; ask for the extract again", path);
    *ret_total = (uint64_t)st.st_size;
    return ERR_OK;
}

enum err_code csv_open(const char *path, char separator, const struct csv_limits *limits, struct csv_file **ret,
                       struct err *e)
{
    struct csv_file *f = malloc(sizeof *f);
    if (!f)
        return err_set(e, ERR_NO_MEMORY, "out of memory for reading %s", path);
    f->reader = NULL;
    f->read = f->total = 0;
    f->ended = false;
    f->fd = -1;
    f->path = strdup(path);
    enum err_code code = f->path ? csv_new(separator, limits, &f->reader, e)
                                 : err_set(e, ERR_NO_MEMORY, "out of memory for reading %s", path);
    if (code == ERR_OK) {
        f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK); /* a pipe without a writer must not hang us */
        code = f->fd < 0 ? err_set(e, ERR_IO, "%s: cannot be opened: %s", path, strerror(errno))
                         : check_kind(f->fd, path, &f->total, e);
    }
    if (code != ERR_OK) {
        csv_close(f);
        return code;
    }
    (void)posix_fadvise(f->fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* advice: nothing is lost when it is not taken */
    *ret = f;
    return ERR_OK;
}

enum err_code csv_read(struct csv_file *f, struct csv_record *ret, bool *ret_more, struct err *e)
{
    while (!csv_next(f->reader, ret)) {
        if (f->ended) {
            *ret_more = false;
            return ERR_OK;
        }
        ssize_t n;
        do
            n = read(f->fd, f->piece, sizeof f->piece);
        while (n < 0 && errno == EINTR);
        if (n < 0)
            return err_set(e, ERR_IO, "%s: reading failed after byte %llu: %s", f->path, (unsigned long long)f->read,
                           strerror(errno));
        f->read += (uint64_t)n;
        f->ended = n == 0;
        csv_feed(f->reader, f->piece, (size_t)n);
    }
    *ret_more = true;
    return ERR_OK;
}

uint64_t csv_bytes_read(const struct csv_file *f) { return f->read; }
uint64_t csv_bytes_total(const struct csv_file *f) { return f->total; }
int csv_descriptor(const struct csv_file *f) { return f->fd; }

void csv_close(struct csv_file *f)
{
    if (!f)
        return;
    csv_free(f->reader);
    if (f->fd >= 0)
        (void)close(f->fd); /* only read from: nothing can be lost */
    free(f->path);
    explicit_bzero(f->piece, sizeof f->piece);
    free(f);
}

/* ---- writing ---- */

static bool needs_quotes(struct str s, bool first)
{
    if (s.n == 0)
        return first; /* else a record of one empty field would be a blank line */
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r')
            return true;
    return first && s.n >= 3 && memcmp(s.p, "\xEF\xBB\xBF", 3) == 0; /* else it would be read as a byte order mark */
}

bool csv_write_field(struct buf *b, struct str field, bool first)
{
    if (!first)
        (void)buf_char(b, ','); /* failure is sticky: the last call tells */
    if (!needs_quotes(field, first))
        return buf_str(b, field);
    (void)buf_char(b, '"');
    for (struct str rest = field, part = STR_NONE; str_split(&rest, '"', &part);) {
        (void)buf_str(b, part);
        if (rest.p)
            (void)buf_z(b, "\"\"");
    }
    return buf_char(b, '"');
}

bool csv_write_end(struct buf *b) { return buf_char(b, '\n'); }
