/* test_note.c: signed notes, keys and checkpoints: the known vector byte for byte, and every refusal with its words. */
#include "log_support.h"

#include <stdio.h>
#include <stdlib.h>

#define NOTE                                                                                                    \
    "hub.example/audit\n300\nyjk9Apa+xeC43KuYO9H7fRRh9RLnJny4ljGtJv1m2Eg=\n\n"                                  \
    "\xe2\x80\x94 hub.example/audit 8lNF2jgDj4em3Cl7SmTyCY9rJSGcCaaDbvq0Bt2cQoqAcJm3yZ6C7YxWc5pCnUKJs62ORPI81yikZLN4lu1aLdpeIA8=\n" \
    "\xe2\x80\x94 witness.example/w1 JLXZ/gAAAABlU/EAuskre9wW0l3YdMk3SQAkyjUuKOLW3ZPvOghMtF1pvkOvD9Kunwed2n+oHbPnpQk4zK5dlj1m7FF+OBUU19pjBQ==\n"
#define LOG_VKEY "hub.example/audit+f25345da+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs"
#define WITNESS_VKEY "witness.example/w1+24b5d9fe+BP0XJDhaoMdbZPt4zWAvodmR/ev3axPFjtcC6sg16fYY"

static void the_vector_byte_for_byte(void **state)
{
    (void)state;
    struct memory_log m;
    struct ledger_signer log, witness;
    _cleanup_buf_ struct buf note, line, vkey;
    buf_init(&note, 4096);
    buf_init(&line, 4096);
    buf_init(&vkey, 4096);
    memory_log_make(&m, 300, "entry");
    assert_memory_equal(m.levels[0][0].bytes, "\x77\x38\x85\xa6", 4);
    signer_of(LOG_NAME, LEDGER_KEY_LOG, 7, &log);
    signer_of(WITNESS_NAME, LEDGER_KEY_WITNESS, 9, &witness);
    note_of(&log, LOG_NAME, 300, &m.prefix_roots[300], &note);
    struct ledger_note n;
    ok(ledger_note_parse(buf_as_str(&note), &n, e));
    ok(ledger_note_sign(&witness, n.text, 1700000000, &line, e));
    assert_true(buf_str(&note, buf_as_str(&line)));
    assert_true(str_eq(buf_as_str(&note), STR(NOTE)));
    ledger_key_format(&log.key, &vkey);
    assert_true(str_eq(buf_as_str(&vkey), STR(LOG_VKEY)));
    buf_clear(&vkey);
    ledger_key_format(&witness.key, &vkey);
    assert_true(str_eq(buf_as_str(&vkey), STR(WITNESS_VKEY)));
    memory_log_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vector_byte_for_byte),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("note", tests, NULL, NULL);
}
