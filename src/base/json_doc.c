/* json_doc.c: a whole JSON file, and look-ups in a document that was read. A look-up that finds nothing gives a value
 * of type JSON_ABSENT, so look-ups chain without a check at each step. */
#include "base/json.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_BYTES ((size_t)64 << 10) /* a file is read by these */

static enum err_code read_all(int fd, const char *path, size_t most, struct buf *b, struct err *e)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return err_set(e, ERR_IO, "%s: cannot be read: %s", path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return err_set(e, ERR_IO, "%s: is a directory; name a JSON file", path);
    for (;;) {
        char *to = buf_reserve(b, PIECE_BYTES);
        if (!to && b->no_memory)
            return err_set(e, ERR_NO_MEMORY, "%s: out of memory", path);
        if (!to)
            return err_set(e, ERR_LIMIT, "%s: the JSON document is over its limit of %zu bytes", path, most);
        ssize_t n = read(fd, to, PIECE_BYTES);
        if (n < 0 && errno != EINTR)
            return err_set(e, ERR_IO, "%s: reading failed: %s", path, strerror(errno));
        if (n == 0)
            return ERR_OK;
        if (n > 0)
            b->n += (size_t)n;
    }
}

enum err_code json_parse_file(struct arena *a, const char *path, const struct json_limits *limits,
                              const struct json **ret, struct err *e)
{
    size_t most = limits ? limits->bytes : LIMIT_JSON_BYTES;
    _cleanup_buf_ struct buf b;
    buf_init(&b, most < SIZE_MAX / 2 ? most + 2 * PIECE_BYTES : most); /* room to see that there is more */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return err_set(e, ERR_IO, "%s: cannot be opened: %s", path, strerror(errno));
    enum err_code code = read_all(fd, path, most, &b, e);
    (void)close(fd); /* only read from */
    ERR_TRY(code);
    return json_parse(a, buf_as_str(&b), limits, ret, e) == ERR_OK ? ERR_OK : err_frame(e, "%s", path);
}

/* ---- look-ups ---- */

static const struct json absent = {.type = JSON_ABSENT};

static const struct json *member(const struct json *v, struct str key)
{
    if (v->type == JSON_OBJECT)
        JSON_EACH(item, v)
            if (str_eq(item->key, key))
                return item;
    return &absent;
}

const struct json *json_get(const struct json *v, const char *key) { return member(v, str_of(key)); }

const struct json *json_path(const struct json *v, struct str path)
{
    struct str part;
    int64_t index;
    while (str_split(&path, '.', &part)) {
        if (v->type == JSON_ARRAY && str_to_int64(part, &index) && index >= 0) {
            v = v->child;
            for (; v && index > 0; index--)
                v = v->next;
            v = v ? v : &absent;
        } else {
            v = member(v, part);
        }
    }
    return v;
}

struct str json_text_or(const struct json *v, struct str otherwise)
{
    return v->type == JSON_STRING ? v->text : otherwise;
}

bool json_bool_or(const struct json *v, bool otherwise) { return v->type == JSON_BOOL ? v->boolean : otherwise; }

int64_t json_int_or(const struct json *v, int64_t otherwise)
{
    int64_t n;
    return v->type == JSON_NUMBER && str_to_int64(v->text, &n) ? n : otherwise;
}

double json_number_or(const struct json *v, double otherwise)
{
    return v->type == JSON_NUMBER ? v->number : otherwise;
}
