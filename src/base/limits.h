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

#endif
