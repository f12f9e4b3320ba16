/* json.h: reading JSON with limits, and writing it.
 *
 * Reading is strict RFC 8259: a byte limit, a depth limit, no duplicate keys, no NUL in strings, nothing
 * after the value, valid UTF-8; and errors with line and column. Numbers keep their text, because
 * identifiers must never pass through a double. A document lives in an arena.
 *
 * Writing is a small state machine over a buf that puts the commas and escapes. */
#ifndef HAVEN_BASE_JSON_H
#define HAVEN_BASE_JSON_H

#include "base/str.h"

enum json_type { JSON_ABSENT, JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_type type;
    struct str key;           /* name within an object */
    struct str text;          /* JSON_STRING: the unescaped text; JSON_NUMBER: as written */
    double number;            /* JSON_NUMBER */
    bool boolean;             /* JSON_BOOL */
    const struct json *child; /* first of an array's or object's */
    const struct json *next;  /* sibling */
    size_t n;                 /* how many children */
    uint32_t line;            /* where it starts */
};

struct json_limits {
    size_t bytes, depth;
};

/* Parses all of s. NULL limits: LIMIT_JSON_BYTES, LIMIT_JSON_DEPTH. Errors: ERR_FORMAT with line and
 * column, ERR_LIMIT, ERR_NO_MEMORY (the arena's limit). */
enum err_code json_parse(struct arena *a, struct str s, const struct json_limits *limits, const struct json **ret,
                         struct err *e);
/* A whole file, at most limits->bytes. */
enum err_code json_parse_file(struct arena *a, const char *path, const struct json_limits *limits,
                              const struct json **ret, struct err *e);

/* Member of an object; a static JSON_ABSENT value when it is not there or v is no object (so look-ups chain). */
const struct json *json_get(const struct json *v, const char *key);
/* `path` is dotted; a number is an index into an array ("person.address.0.postcode"). */
const struct json *json_path(const struct json *v, struct str path);
static inline bool json_is(const struct json *v, enum json_type t) { return v->type == t; }
struct str json_text_or(const struct json *v, struct str otherwise); /* string's text, else otherwise */
bool json_bool_or(const struct json *v, bool otherwise);
int64_t json_int_or(const struct json *v, int64_t otherwise);
double json_number_or(const struct json *v, double otherwise);
#define JSON_EACH(item, parent) for (const struct json *item = (parent)->child; item; item = item->next)

/* ---- writing ---- */
struct json_out {
    struct buf *b;
    int depth, indent;      /* indent 0: one line */
    bool first, after_key;
};
void jo_init(struct json_out *o, struct buf *b, int indent);
void jo_object(struct json_out *o);
void jo_end_object(struct json_out *o);
void jo_array(struct json_out *o);
void jo_end_array(struct json_out *o);
void jo_key(struct json_out *o, const char *key);
void jo_str(struct json_out *o, struct str s);
void jo_int(struct json_out *o, int64_t v);
void jo_double(struct json_out *o, double v); /* shortest text that reads back the same; NaN and infinities: null */
void jo_bool(struct json_out *o, bool v);
void jo_null(struct json_out *o);

#endif
