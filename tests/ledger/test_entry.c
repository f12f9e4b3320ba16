/* test_entry.c: what goes in comes out; a length tells only its class; what is not in the form is refused, whatever it is; a leaf opens with its own key alone. */
#include "hub.h"
#include "ledger/entry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static struct vault *vault;
static char dir[64];

static int set_up(void **state)
{
    char key[80];
    struct err e;
    (void)state;
    (void)snprintf(dir, sizeof dir, "/tmp/haven-entry-XXXXXX");
    assert_non_null(mkdtemp(dir));
    (void)snprintf(key, sizeof key, "%s/key", dir);
    test_ok(vault_create(key, &e), &e);
    test_ok(vault_open(key, &vault, &e), &e);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    vault_close(vault);
    hub_shell("rm -r '%s'", dir);
    return 0;
}

static size_t plain_of(const struct ledger_entry *x, struct ledger_open *o)
{
    struct err e;
    buf_clear(&o->plain);
    test_ok(ledger_entry_write(x, &o->plain, &e), &e);
    return o->plain.n;
}

static void a_length_tells_only_its_class(void **state)
{
    (void)state;
    _cleanup_ledger_open_ struct ledger_open o;
    static char text[LIMIT_LEDGER_TEXT_BYTES];
    struct err e;
    size_t classes = 0, last = 0;
    memset(text, 'x', sizeof text);
    ledger_open_init(&o);
    for (size_t n = 0; n <= LIMIT_LEDGER_TEXT_BYTES; n++) {
        struct ledger_entry x = hub_entry(1);
        x.object = x.reason = (struct str){text, n};
        size_t size = plain_of(&x, &o);
        assert_true(size == 256 || size == 512 || size == 1024 || size == 2048 || size % 4096 == 0);
        classes += size != last;
        last = size;
        if (n % 97 == 0 || n == LIMIT_LEDGER_TEXT_BYTES) {
            test_ok(ledger_entry_read(&o, &e), &e);
            assert_true(str_eq(o.entry.object, x.object) && o.entry.at_ms == x.at_ms);
        }
    }
    assert_int_equal(classes, 7); /* 256 … 2048, 4096, 8192, 12288 */
}

/* Any byte to any value: refused, or an entry that is written just so. */
static void what_is_not_in_the_form_is_refused(void **state)
{
    (void)state;
    _cleanup_ledger_open_ struct ledger_open o, again;
    struct ledger_entry x = hub_entry(1);
    struct err e;
    size_t read_n = 0, refused = 0;
    ledger_open_init(&o);
    ledger_open_init(&again);
    size_t n = plain_of(&x, &o);
    for (size_t at = 0; at < n; at++)
        for (unsigned value = 0; value < 256; value += at < 120 ? 1 : 51) {
            char was = o.plain.p[at];
            o.plain.p[at] = (char)value;
            enum err_code code = ledger_entry_read(&o, &e);
            if (code == ERR_OK && utf8_valid(o.entry.object, &(size_t){0}) && o.entry.at_ms != 0 && ledger_entry_write(&o.entry, &again.plain, &e) == ERR_OK)
                assert_true(str_eq(buf_as_str(&o.plain), buf_as_str(&again.plain)));
            assert_true(code == ERR_OK || code == ERR_FORMAT);
            *(code == ERR_OK ? &read_n : &refused) += 1;
            buf_clear(&again.plain);
            o.plain.p[at] = was;
        }
    assert_true(read_n > 1000 && refused > 1000);
    for (size_t cut = 0; cut < n; cut++) {
        o.plain.n = cut;
        assert_int_equal(ledger_entry_read(&o, &e), ERR_FORMAT);
    }
    o.plain.n = n;
    test_ok(ledger_entry_read(&o, &e), &e);
    (void)buf_char(&o.plain, '\0');
    assert_int_equal(ledger_entry_read(&o, &e), ERR_FORMAT);
}

static void a_leaf_opens_with_its_own_key(void **state)
{
    (void)state;
    _cleanup_ledger_open_ struct ledger_open o;
    _cleanup_buf_ struct buf item, other;
    struct ledger_item a, b;
    struct err e;
    unsigned char key_a[VAULT_WRAPPED_BYTES], key_b[VAULT_WRAPPED_BYTES];
    struct ledger_entry x = hub_entry(1);
    ledger_open_init(&o);
    buf_init(&item, LIMIT_LEDGER_FRAME_BYTES);
    buf_init(&other, LIMIT_LEDGER_FRAME_BYTES);
    test_ok(ledger_item_make(vault, &x, &item, &e), &e);
    test_ok(ledger_item_make(vault, &x, &other, &e), &e);
    test_ok(ledger_item_parse(buf_as_str(&item), &a, &e), &e);
    test_ok(ledger_item_parse(buf_as_str(&other), &b, &e), &e);
    assert_int_equal(ledger_item_blinds(&a), 2);
    assert_true(ledger_item_blind(&a, 0) == ledger_subject_blind(vault, 1) && ledger_item_blind(&a, 1) == ledger_subject_blind(vault, 2));
    assert_false(str_eq(a.leaf, b.leaf)); /* the same words twice show nothing of it */
    test_ok(ledger_item_key(vault, &a, 7, key_a, &e), &e);
    test_ok(ledger_item_key(vault, &b, 8, key_b, &e), &e);
    const struct str ka = {(char *)key_a, sizeof key_a}, kb = {(char *)key_b, sizeof key_b};
    test_ok(ledger_leaf_open(vault, 7, a.leaf, ka, &o, &e), &e);
    assert_true(str_eq(o.entry.object, x.object));
    assert_int_equal(ledger_leaf_open(vault, 8, a.leaf, ka, &o, &e), ERR_CRYPTO); /* moved */
    assert_int_equal(ledger_leaf_open(vault, 8, a.leaf, kb, &o, &e), ERR_CRYPTO); /* another's key: the commitment says no */
    assert_non_null(strstr(e.message, "is not the one that it was sealed with"));
    assert_int_equal(ledger_leaf_open(vault, 7, a.leaf, a.wrapped, &o, &e), ERR_CRYPTO);
    assert_int_equal(ledger_leaf_open(vault, 7, str_slice(a.leaf, 0, 20), ka, &o, &e), ERR_FORMAT);
    struct str mixed = str_slice(buf_as_str(&item), 0, item.n); /* every byte of the leaf counts */
    char *leaf = item.p + (a.leaf.p - mixed.p);
    for (size_t at = 0; at < a.leaf.n; at++) {
        leaf[at] ^= 1;
        enum err_code code = ledger_leaf_open(vault, 7, a.leaf, ka, &o, &e);
        assert_true(code == ERR_CRYPTO || (at == 0 && code == ERR_FORMAT));
        leaf[at] ^= 1;
    }
    test_ok(ledger_leaf_open(vault, 7, a.leaf, ka, &o, &e), &e);
    /* An item that was cut, or says that it has more subjects than it can have. */
    for (size_t cut = 0; cut < item.n; cut++)
        if (ledger_item_parse(str_slice(buf_as_str(&item), 0, cut), &b, &e) == ERR_OK && ledger_item_key(vault, &b, 7, key_b, &e) == ERR_OK)
            assert_int_not_equal(ledger_leaf_open(vault, 7, b.leaf, kb, &o, &e), ERR_OK);
    item.p[VAULT_WRAPPED_BYTES] = (char)0xff;
    assert_int_equal(ledger_item_parse(buf_as_str(&item), &b, &e), ERR_FORMAT);
    item.p[VAULT_WRAPPED_BYTES] = 0;
    static char large[LIMIT_LEDGER_FRAME_BYTES];
    assert_int_equal(ledger_item_parse((struct str){large, sizeof large}, &b, &e), ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_length_tells_only_its_class),
        cmocka_unit_test(what_is_not_in_the_form_is_refused),
        cmocka_unit_test(a_leaf_opens_with_its_own_key),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("entry", tests, set_up, tear_down);
}
