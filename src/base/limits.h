/* limits.h: every limit of the product, in one place. An error that a limit causes names it. */
#ifndef HAVEN_BASE_LIMITS_H
#define HAVEN_BASE_LIMITS_H

#define LIMIT_CSV_RECORD_BYTES ((size_t)1 << 20) /* one record, all its lines */
#define LIMIT_CSV_COLUMNS ((size_t)512)
#define LIMIT_JSON_BYTES ((size_t)64 << 20) /* one document */
#define LIMIT_JSON_DEPTH ((size_t)64)
#define LIMIT_REQUEST_BYTES ((size_t)32 << 20) /* an arena that serves one request */
#define LIMIT_FIELD_BYTES ((size_t)64 << 10)   /* one value that is kept */
#define LIMIT_NAME_BYTES ((size_t)512)         /* one person's name */

/* page */
#define LIMIT_PAGE_BYTES ((size_t)4 << 20) /* one page of HTML */
#define LIMIT_URL_BYTES ((size_t)4096)     /* one local URL, and a request's target */

/* web */
#define LIMIT_HEAD_BYTES ((size_t)16 << 10) /* a request's line and header fields */
#define LIMIT_HEADERS ((size_t)64)
#define LIMIT_PARAMS ((size_t)64)           /* query and form fields of a request */
#define LIMIT_CONNECTIONS 256               /* open at once */

/* store */
#define LIMIT_STORE_MIGRATIONS ((size_t)1024)
#define LIMIT_STORE_PARAMS ((size_t)64)             /* of one statement */
#define LIMIT_STORE_VALUE_BYTES ((size_t)64 << 20)  /* one text or blob */

#endif
