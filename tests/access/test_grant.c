/* No way round a grant: every statement of the product that reads personal groups is refused without one, before it begins, after it ends, when it has run out, within a
 * transaction and outside; with one it gives the rows of its scope alone, each with the groups of its own scope row; and a grant is made only for a receipt of the ledger. On each engine. */
#include "access/access.h"
#include "ledger/hub.h"
#include "store/grant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

/* ---- data: agencies 1 and 2, each with a record of every level, and one of everything that hangs on it ---- */

enum { OWNERS = 2, LEVELS = 4, LAST_ID = 30 };
#define BYTE_SQLITE "X'01'"
#define BYTE_POSTGRESQL "'\\x01'::bytea"
#define SAME(what, text) {.name = what, .file = __FILE__, .sqlite = text, .postgresql = text}
#define WITH_BYTES(what, head, tail) \
    {.name = what, .file = __FILE__, .sqlite = head BYTE_SQLITE ", " BYTE_SQLITE tail, .postgresql = head BYTE_POSTGRESQL ", " BYTE_POSTGRESQL tail}

static const struct store_statement data[] = {
    SAME("agencies", "INSERT INTO agency (id, name, kind, contact, made_at) VALUES (1, 'a', 1, 'a desk', 0), (2, 'b', 1, 'a desk', 0)"),
    SAME("feeds", "INSERT INTO feed (id, name, title, agency, controller, regime, purpose, marking, full_delivery, full_at, definition) "
                  "VALUES (1, 'f', 'f', 1, 'c', 2, 'p', 'm', 0, 0, '{}'), (2, 'g', 'g', 2, 'c', 2, 'p', 'm', 0, 0, '{}')"),
    SAME("deliveries", "INSERT INTO delivery (id, feed, started_ms, n_read, n_stored, n_unchanged, n_quarantined) VALUES (1, 1, 0, 0, 0, 0, 0), (2, 2, 0, 0, 0, 0, 0)"),
    {.name = "records", .file = __FILE__,
     .sqlite = "INSERT INTO record (id, feed, ident, newest_at, level) VALUES (11, 1, X'11', 0, 1), (12, 1, X'12', 0, 2), (13, 1, X'13', 0, 3), (14, 1, X'14', 0, 4), "
               "(21, 2, X'21', 0, 1), (22, 2, X'22', 0, 2), (23, 2, X'23', 0, 3), (24, 2, X'24', 0, 4)",
     .postgresql = "INSERT INTO record (id, feed, ident, newest_at, level) VALUES (11, 1, '\\x11', 0, 1), (12, 1, '\\x12', 0, 2), (13, 1, '\\x13', 0, 3), "
                   "(14, 1, '\\x14', 0, 4), (21, 2, '\\x21', 0, 1), (22, 2, '\\x22', 0, 2), (23, 2, '\\x23', 0, 3), (24, 2, '\\x24', 0, 4)"},
    SAME("rows", "INSERT INTO intake_row (id, record, row_key, version_at, content, delivery, known_from, is_current, event_key, kind, agency_kind, assertion, flags, "
                 "precisions, order_type, conditions, place, incident, has_narrative) SELECT id, id, id, 0, 0, feed, 0, 1, id, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 FROM record"),
    WITH_BYTES("texts", "INSERT INTO row_text (id, layout, wrapped, sealed) SELECT id, 1, ", " FROM record"),
    WITH_BYTES("mentions", "INSERT INTO mention (id, record, feed, mention_key, role, has_identifier, is_current, wrapped, sealed) SELECT id, id, feed, id, 1, 0, 1, ", " FROM record"),
    {.name = "quarantine", .file = __FILE__,
     .sqlite = "INSERT INTO quarantine (id, feed, delivery, ident, first_line, last_line, reason, at_ms, replayed, layout, wrapped, sealed) "
               "VALUES (1, 1, 1, X'01', 1, 1, 'r', 0, 0, 1, X'01', X'01'), (2, 2, 2, X'02', 1, 1, 'r', 0, 0, 1, X'01', X'01')",
     .postgresql = "INSERT INTO quarantine (id, feed, delivery, ident, first_line, last_line, reason, at_ms, replayed, layout, wrapped, sealed) "
                   "VALUES (1, 1, 1, '\\x01', 1, 1, 'r', 0, 0, 1, '\\x01', '\\x01'), (2, 2, 2, '\\x02', 1, 1, 'r', 0, 0, 1, '\\x01', '\\x01')"},
    WITH_BYTES("decision", "INSERT INTO person_decision (id, kind, a, b, decided_by, decided_at, wrapped, why) SELECT 1, 1, 1, 2, 'u', 0, ", ""),
    WITH_BYTES("destruction", "INSERT INTO person_destruction (id, person, at_ms, destroyed_by, n_mentions, n_rows, wrapped, why) SELECT 1, 1, 0, 'u', 1, 1, ", ""),
    SAME("alert", "INSERT INTO oversight_alert (id, account, subject, month, other_account, known_from) VALUES (1, 1, 1, 1, 0, 0)"),
    WITH_BYTES("alert decision", "INSERT INTO oversight_decision (id, alert_id, reviewer, at_ms, outcome, n_evidence, wrapped, why) SELECT 1, 1, 1, 0, 1, 1, ", ""),
};
#define N_DATA (sizeof data / sizeof *data)

/* What gives no rows but says that it reads: no statement of the product is such, and the gate must hold for it all the same. */
static const struct store_statement writer = {.name = "writer", .file = __FILE__, .sqlite = "INSERT INTO person_band (a, b, weight) VALUES (1, 2, 0)",
                                              .postgresql = "INSERT INTO person_band (a, b, weight) VALUES (1, 2, 0)", .reads = STORE_READS_NAMES};
static const enum store_type one_int[] = {STORE_INT};
static const struct store_statement written = {.name = "written", .file = __FILE__, .sqlite = "SELECT count(*) FROM person_band",
                                               .postgresql = "SELECT count(*) FROM person_band", .n_columns = 1, .column_types = one_int};
/* In nobody's catalogue, and it says that it reads nothing. */
static const struct store_statement stranger = {.name = "stranger", .file = __FILE__, .sqlite = "SELECT id FROM mention", .postgresql = "SELECT id FROM mention",
                                                .n_columns = 1, .column_types = one_int};

static const struct store_catalogue *catalogue(void)
{
    static const struct store_statement *all[N_DATA + 2] = {&writer, &written};
    static const struct store_catalogue own = {.statements = all, .n_statements = N_DATA + 2};
    for (size_t i = 0; i < N_DATA; i++)
        all[i + 2] = &data[i];
    return test_catalogue(&own);
}

static void fill(struct store *s)
{
    struct err e;
    store_grant_end(s); /* the one that tests have */
    for (size_t i = 0; i < N_DATA; i++)
        test_ok(store_run(s, &data[i], STORE_NO_VALUES, NULL, &e), &e);
}

/* Calls `fn` for every statement of the product that reads personal groups; how many there are. */
typedef void per_statement(struct store *s, const struct store_statement *st, void *ctx);
static size_t for_all(struct store *s, per_statement *fn, void *ctx)
{
    size_t n = 0;
    for (size_t i = 0; i < store_whole.n_statements; i++)
        if (store_whole.statements[i]->reads != STORE_READS_NONE) {
            fn(s, store_whole.statements[i], ctx);
            n++;
        }
    assert_in_range(n, 8, 1000);
    return n;
}

/* ---- without a grant ---- */

static void is_refused(struct store *s, const struct store_statement *st, struct err *e, enum err_code code, bool in_transaction)
{
    if (code != ERR_REFUSED)
        fail_msg("%s gave %d: %s", st->name, (int)code, e->message);
    assert_non_null(strstr(e->message, "reads personal data"));
    if (in_transaction) {
        assert_int_equal(store_commit(s, e), ERR_STORE);
        assert_false(store_in_transaction(s));
    }
}

static void try_statement(struct store *s, const struct store_statement *st, void *ctx)
{
    (void)ctx;
    static const struct store_value values[LIMIT_STORE_PARAMS];
    struct err e;
    for (int in_transaction = 0; in_transaction < 2; in_transaction++) {
        struct store_cursor *c = NULL;
        int64_t n = -7;
        if (in_transaction)
            test_ok(store_begin(s, &e), &e);
        is_refused(s, st, &e, store_query(s, st, values, &c, &e), in_transaction);
        assert_null(c);
        if (in_transaction)
            test_ok(store_begin(s, &e), &e);
        is_refused(s, st, &e, store_query_int(s, st, values, &n, &e), in_transaction);
        assert_int_equal(n, -7);
    }
}

static void nothing_can_be_read(struct store *s)
{
    struct err e;
    struct store_bulk *b = NULL;
    int64_t n = -7;
    for_all(s, try_statement, NULL);
    is_refused(s, &writer, &e, store_run(s, &writer, STORE_NO_VALUES, &n, &e), false);
    assert_int_equal(n, -7);
    test_ok(store_begin(s, &e), &e);
    is_refused(s, &writer, &e, store_bulk_begin(s, &writer, &b, &e), true);
    assert_null(b);
    test_ok(store_query_int(s, &written, STORE_NO_VALUES, &n, &e), &e);
    assert_int_equal(n, 0);
    assert_int_equal(store_query_int(s, &stranger, STORE_NO_VALUES, &n, &e), ERR_REFUSED);
    assert_string_equal(e.message, "stranger is no statement of this store's catalogue");
}

static void grant(struct store *s, int64_t until_ms, const struct store_scope_row *rows, size_t n)
{
    struct err e;
    test_ok(store_grant_begin(s, &(struct store_grant){until_ms, rows, n}, &e), &e);
}

static const struct store_scope_row everything[] = {{0, 1, 3, 1, 0}, {1, 1, 3, 11, 0}, {1, 2, 3, 12, 1}, {1, 3, 3, 13, 0}, {2, 1, 3, 21, 0}, {2, 2, 3, 22, 1}, {2, 3, 3, 23, 0}};
#define N_EVERYTHING (sizeof everything / sizeof *everything)

static void without_a_grant(struct store *s, struct test_store *t)
{
    (void)t;
    fill(s);
    nothing_can_be_read(s);
    grant(s, INT64_MAX, everything, N_EVERYTHING);
    store_grant_end(s);
    nothing_can_be_read(s);
    grant(s, now_ms(), everything, N_EVERYTHING); /* has just run out */
    nothing_can_be_read(s);
    store_grant_end(s);
    nothing_can_be_read(s);
    test_store_reopen(t);
    store_grant_end(t->store);
    nothing_can_be_read(t->store);
}

/* ---- with one ---- */

/* Rows of a statement, for every id if it asks for one; each must carry the groups of a row of the grant. */
static size_t count_rows(struct store *s, const struct store_statement *st, const struct store_scope_row *rows, size_t n_rows)
{
    size_t n = 0;
    struct err e;
    assert_in_range(st->n_params, 0, 1);
    for (int64_t id = 0; id <= (st->n_params > 0 ? LAST_ID : 0); id++) {
        _cleanup_cursor_ struct store_cursor *c = NULL;
        test_ok(store_query(s, st, (const struct store_value[]){V_INT(id)}, &c, &e), &e);
        for (bool row = true;;) {
            bool known = false;
            test_ok(store_step(c, &row, &e), &e);
            if (!row)
                break;
            for (size_t i = 0; i < n_rows; i++)
                for (size_t column = 0; column < st->n_columns; column++)
                    known |= st->column_types[column] == STORE_INT && store_int(c, column) == rows[i].groups;
            if (!known)
                fail_msg("%s gives a row without its groups", st->name);
            n++;
        }
    }
    return n;
}

static void try_scopes(struct store *s, const struct store_statement *st, void *ctx)
{
    (void)ctx;
    size_t together, sum = 0;
    const struct store_scope_row elsewhere[] = {{3, 1, 3, 31, 0}, {1, 9, 3, 19, 0}, {0, 4, 3, 4, 0}};
    grant(s, INT64_MAX, everything, N_EVERYTHING);
    together = count_rows(s, st, everything, N_EVERYTHING);
    store_grant_end(s);
    for (size_t i = 0; i < N_EVERYTHING; i++) {
        struct store_scope_row one = everything[i];
        one.groups = 1000 + (int64_t)i; /* no other number of the data */
        grant(s, INT64_MAX, &one, 1);
        sum += count_rows(s, st, &one, 1);
        store_grant_end(s);
    }
    if (together == 0 || sum != together)
        fail_msg("%s: %zu rows under the whole scope, %zu under its parts", st->name, together, sum);
    grant(s, INT64_MAX, elsewhere, 3);
    assert_int_equal(count_rows(s, st, elsewhere, 3), 0);
    store_grant_end(s);
    grant(s, INT64_MAX, NULL, 0);
    assert_int_equal(count_rows(s, st, NULL, 0), 0);
    store_grant_end(s);
}

static void only_the_scope(struct store *s, struct test_store *t)
{
    (void)t;
    fill(s);
    for_all(s, try_scopes, NULL);
}

/* ---- a grant and what happens beside it ---- */

static const struct store_statement *statement(const char *name)
{
    for (size_t i = 0; i < store_whole.n_statements; i++)
        if (strcmp(store_whole.statements[i]->name, name) == 0)
            return store_whole.statements[i];
    fail_msg("no statement %s", name);
    return NULL;
}

/* A rollback that brings back the scope of an earlier grant ends the later one: else it would read the earlier one's rows. */
static void a_rollback_widens_nothing(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    fill(s);
    grant(s, INT64_MAX, everything, N_EVERYTHING);
    test_ok(store_begin(s, &e), &e);
    store_grant_end(s);
    grant(s, INT64_MAX, &everything[0], 1);
    store_rollback(s);
    nothing_can_be_read(s);
    grant(s, INT64_MAX, &everything[1], 1);
    assert_int_equal(count_rows(s, statement("intake_mention_each"), &everything[1], 1), 1);
    test_ok(store_begin(s, &e), &e); /* what a transaction does not touch outlives its end */
    store_rollback(s);
    assert_int_equal(count_rows(s, statement("intake_mention_each"), &everything[1], 1), 1);
    store_grant_end(s);
    test_ok(store_begin(s, &e), &e);
    grant(s, INT64_MAX, &everything[2], 1);
    test_ok(store_commit(s, &e), &e);
    test_ok(store_begin(s, &e), &e);
    store_rollback(s);
    assert_int_equal(count_rows(s, statement("intake_mention_each"), &everything[2], 1), 1);
}

/* The scope is nobody's but the grant's. */
static void nobody_writes_a_scope(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    struct store_bulk *b = NULL;
    const struct store_value row[] = {V_INT(2), V_INT(4), V_INT(3), V_INT(2047), V_INT(0)};
    fill(s);
    grant(s, INT64_MAX, &everything[1], 1);
    assert_int_equal(store_run(s, statement("store_scope_insert"), row, NULL, &e), ERR_REFUSED);
    assert_string_equal(e.message, "store_scope_insert is for grants alone");
    assert_int_equal(store_run(s, statement("store_scope_clear"), STORE_NO_VALUES, NULL, &e), ERR_REFUSED);
    test_ok(store_begin(s, &e), &e);
    assert_int_equal(store_bulk_begin(s, statement("store_scope_insert"), &b, &e), ERR_REFUSED);
    assert_null(b);
    store_rollback(s);
    assert_int_equal(count_rows(s, statement("intake_mention_each"), &everything[1], 1), 1);
}

/* Rows begun under one grant are not given out under the next. */
static void a_cursor_keeps_to_its_grant(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    struct store_cursor *c;
    bool row = false;
    fill(s);
    grant(s, INT64_MAX, everything, N_EVERYTHING);
    test_ok(store_query(s, statement("intake_mention_each"), STORE_NO_VALUES, &c, &e), &e);
    test_ok(store_step(c, &row, &e), &e);
    assert_true(row);
    store_grant_end(s);
    grant(s, INT64_MAX, &everything[0], 1);
    row = false;
    assert_int_equal(store_step(c, &row, &e), ERR_REFUSED);
    assert_false(row);
    assert_string_equal(e.message, "intake_mention_each reads personal data, and the permission that it began with has ended");
    store_finish(c);
}

/* ---- from a decision to a row ---- */

static const struct access_ask ask = {.who = {.standing = ACCESS_STANDING_active, .roles = ACCESS_ROLE_BIT(reviewer), .agency = 1, .from_ms = 0, .to_ms = INT64_MAX},
                                      .action = ACCESS_view, .purpose = PURPOSE_safeguarding, .basis = ACCESS_BASIS_GIVEN, .now_ms = 1700000000000};
static const struct access_sharing sharings[] = {{0, -1, 0, 0}, {1, -1, 0, 0}, {2, 0, 0, INT64_MAX}};

static void only_with_a_receipt(struct store *s, struct test_store *t)
{
    struct hub h;
    struct err e;
    struct access_scope_row rows[9];
    struct ledger_receipt receipt, forged;
    struct ledger_entry entry = hub_entry(1);
    fill(s);
    hub_make(&h, t);
    size_t n = access_scope(&ask, ACCESS_KIND_record, sharings, 3, NULL, 0, rows);
    assert_int_equal(n, 9);
    assert_int_equal(access_grant_begin(s, h.ledger, (struct ledger_receipt){{0, 0, 0}}, rows, n, INT64_MAX, &e), ERR_REFUSED);
    assert_string_equal(e.message, "nothing is shown: the ledger has no entry for this");
    nothing_can_be_read(s);
    test_ok(ledger_read(h.ledger, &entry, &receipt, &e), &e);
    for (size_t word = 0; word < 3; word++)
        for (unsigned bit = 0; bit < 64; bit += 7) {
            forged = receipt;
            forged.opaque[word] ^= UINT64_C(1) << bit;
            assert_int_equal(access_grant_begin(s, h.ledger, forged, rows, n, INT64_MAX, &e), ERR_REFUSED);
        }
    nothing_can_be_read(s);
    test_ok(access_grant_begin(s, h.ledger, receipt, rows, n, INT64_MAX, &e), &e);
    const uint32_t own = rows[3].groups;
    const struct store_scope_row as_stored[] = {{1, 1, 3, own, 0}, {2, 1, 0, 0, 0}};
    assert_true(own != 0 && (own & (ACCESS_GROUP(address) | ACCESS_GROUP(record))) == 0);
    assert_int_equal(count_rows(s, statement("intake_mention_each"), as_stored, 2), OWNERS * (LEVELS - 1)); /* the closed ones are not there */
    access_grant_end(s);
    nothing_can_be_read(s);
    test_ok(access_grant_begin(s, h.ledger, receipt, rows, n, now_ms() - 1, &e), &e);
    nothing_can_be_read(s);
    access_grant_end(s);
    const size_t many = LIMIT_ACCESS_SCOPE_BYTES / sizeof(struct store_scope_row) + 1;
    assert_int_equal(access_grant_begin(s, h.ledger, receipt, rows, many, INT64_MAX, &e), ERR_LIMIT);
    assert_string_equal(e.message, "a scope of 209716 rows is over the limit of 8388608 bytes");
    nothing_can_be_read(s);
    hub_drop(&h);
}

#define ON_EACH(fn) static void fn##_on_each(void **state) { (void)state; test_store_each_with(catalogue(), fn); }
ON_EACH(without_a_grant)
ON_EACH(only_the_scope)
ON_EACH(a_rollback_widens_nothing)
ON_EACH(nobody_writes_a_scope)
ON_EACH(a_cursor_keeps_to_its_grant)
ON_EACH(only_with_a_receipt)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_grant_on_each),           cmocka_unit_test(only_the_scope_on_each),      cmocka_unit_test(a_rollback_widens_nothing_on_each),
        cmocka_unit_test(nobody_writes_a_scope_on_each),
        cmocka_unit_test(a_cursor_keeps_to_its_grant_on_each), cmocka_unit_test(only_with_a_receipt_on_each),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("access, grants", tests, NULL, NULL);
}
