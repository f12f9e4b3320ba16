/* test_note.c: signed notes, keys, checkpoints, epochs and offline proofs: the known vector byte for byte, and every refusal with
 * its words. */
#include "log_support.h"

#include <stdio.h>
#include <stdlib.h>

#define DASH "\xe2\x80\x94 "
#define TEXT "hub.example/audit\n300\nyjk9Apa+xeC43KuYO9H7fRRh9RLnJny4ljGtJv1m2Eg=\n"
#define LOG_LINE DASH "hub.example/audit 8lNF2jgDj4em3Cl7SmTyCY9rJSGcCaaDbvq0Bt2cQoqAcJm3yZ6C7YxWc5pCnUKJs62ORPI81yikZLN4lu1aLdpeIA8=\n"
#define WITNESS_LINE                                                                                                                  \
    DASH "witness.example/w1 "                                                                                                        \
         "JLXZ/gAAAABlU/EAuskre9wW0l3YdMk3SQAkyjUuKOLW3ZPvOghMtF1pvkOvD9Kunwed2n+oHbPnpQk4zK5dlj1m7FF+OBUU19pjBQ==\n"
#define UNKNOWN_LINE DASH "else.example AAAAAAA=\n"
#define NOTE TEXT "\n" LOG_LINE WITNESS_LINE
#define LOG_VKEY "hub.example/audit+f25345da+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs"
#define WITNESS_VKEY "witness.example/w1+24b5d9fe+BP0XJDhaoMdbZPt4zWAvodmR/ev3axPFjtcC6sg16fYY"

struct fixture {
    struct ledger_signer log, witness;
    struct ledger_key keys[2];
    struct buf a, b, c;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    signer_of(LOG_NAME, LEDGER_KEY_LOG, 7, &f->log);
    signer_of(WITNESS_NAME, LEDGER_KEY_WITNESS, 9, &f->witness);
    f->keys[0] = f->log.key;
    f->keys[1] = f->witness.key;
    buf_init(&f->a, (size_t)1 << 20);
    buf_init(&f->b, (size_t)1 << 20);
    buf_init(&f->c, (size_t)1 << 20);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    buf_release(&f->a);
    buf_release(&f->b);
    buf_release(&f->c);
    free(f);
    return 0;
}

/* ---- the vector ---- */

static void the_vector_byte_for_byte(void **state)
{
    struct fixture *f = *state;
    struct memory_log m;
    struct ledger_note n;
    memory_log_make(&m, 300, "entry");
    assert_memory_equal(m.levels[0][0].bytes, "\x77\x38\x85\xa6", 4);
    note_of(&f->log, LOG_NAME, 300, &m.prefix_roots[300], &f->a);
    ok(ledger_note_parse(buf_as_str(&f->a), &n, e));
    ok(ledger_note_sign(&f->witness, n.text, 1700000000, &f->b, e));
    assert_true(buf_str(&f->a, buf_as_str(&f->b)));
    assert_true(str_eq(buf_as_str(&f->a), STR(NOTE)));
    ledger_key_format(&f->log.key, &f->c);
    assert_true(str_eq(buf_as_str(&f->c), STR(LOG_VKEY)));
    buf_clear(&f->c);
    ledger_key_format(&f->witness.key, &f->c);
    assert_true(str_eq(buf_as_str(&f->c), STR(WITNESS_VKEY)));
    memory_log_free(&m);
}

static void the_vector_opens(void **state)
{
    struct fixture *f = *state;
    struct ledger_note n;
    struct ledger_checkpoint c;
    struct str line;
    uint64_t time_s = 1;
    ok(ledger_note_open(STR(NOTE), f->keys, 2, &n, e));
    assert_int_equal(n.n, 2);
    assert_ptr_equal(n.at[0].key, &f->keys[0]);
    assert_ptr_equal(n.at[1].key, &f->keys[1]);
    assert_true(str_eq(n.text, STR(TEXT)) && str_eq(n.at[0].line, STR(LOG_LINE)) && str_eq(n.at[1].line, STR(WITNESS_LINE)));
    assert_true(n.at[0].time_s == 0 && n.at[1].time_s == 1700000000);
    ok(ledger_checkpoint_open(STR(NOTE), &(struct ledger_keys){f->keys, 2, 1}, &c, &n, e));
    assert_true(str_eq(c.origin, STR(LOG_NAME)) && c.size == 300 && c.extension.n == 0);
    ok(ledger_signature_check(STR(UNKNOWN_LINE WITNESS_LINE), STR(TEXT), &f->keys[1], &line, &time_s, e));
    assert_true(str_eq(line, STR(WITNESS_LINE)) && time_s == 1700000000);
}

/* ---- keys ---- */

static void key_texts(void **state)
{
    struct fixture *f = *state;
    struct ledger_key k;
    struct ledger_signer s;
    ok(ledger_key_parse(STR(LOG_VKEY), &k, e));
    assert_memory_equal(&k, &f->log.key, sizeof k);
    ok(ledger_key_parse(STR(WITNESS_VKEY), &k, e));
    assert_memory_equal(&k, &f->witness.key, sizeof k);
    ledger_signer_format(&f->witness, &f->a);
    assert_true(str_starts(buf_as_str(&f->a), STR("PRIVATE+KEY+witness.example/w1+24b5d9fe+BAkJCQkJ")));
    ok(ledger_signer_parse(buf_as_str(&f->a), &s, e));
    assert_memory_equal(&s, &f->witness, sizeof s);

    static const struct { const char *text, *why; enum err_code code; } bad[] = {
        {"", "NAME+8 hex digits", ERR_FORMAT},
        {"hub.example/audit", "NAME+8 hex digits", ERR_FORMAT},
        {"hub.example/audit+f25345da", "NAME+8 hex digits", ERR_FORMAT},
        {"hub.example/audit+f25345da+", "NAME+8 hex digits", ERR_FORMAT},
        {"hub.example/audit+F25345DA+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs", "NAME+8 hex digits", ERR_FORMAT},
        {"hub.example/audit+f25345d+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs", "NAME+8 hex digits", ERR_FORMAT},
        {"hub.example/audit+f25345dx+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs", "NAME+8 hex digits", ERR_FORMAT},
        {"hub.example/audit+f25345da+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURt==", "NAME+8 hex digits", ERR_FORMAT},
        {"hub.example/audit+f25345da+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs ", "NAME+8 hex digits", ERR_FORMAT},
        {"hub.example/audit+f25345db+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs", "mistyped or cut", ERR_FORMAT},
        {"hub.example/audit+f25345da+AupKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs", "type 0x02", ERR_UNSUPPORTED},
        {"+f25345da+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs", "a key's name", ERR_FORMAT},
        {"hub example+f25345da+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs", "a key's name", ERR_FORMAT},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        fails(ledger_key_parse(str_of(bad[i].text), &k, e), bad[i].code, bad[i].why);
    fails(ledger_key_parse(STR_NONE, &k, e), ERR_FORMAT, "NAME+8 hex digits");
    fails(ledger_key_parse(STR("hub.example/audit+f25345da+47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="), &k, e), ERR_FORMAT, "base64 of 33 bytes");
    fails(ledger_signer_parse(STR("PRIVATE+KEY+x+00000000"), &s, e), ERR_FORMAT, "a signing key's text");
    fails(ledger_signer_parse(STR(LOG_VKEY), &s, e), ERR_FORMAT, "a signing key's text");
    fails(ledger_signer_parse(STR("PRIVATE+KEY+hub.example/audit+f25345da+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs"), &s, e), ERR_FORMAT,
          "mistyped or cut");
    fails(ledger_signer_parse(STR("PRIVATE+KEY+hub.example/audit+f25345da+AupKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs"), &s, e),
          ERR_UNSUPPORTED, "type 0x02");
}

static void names(void **state)
{
    (void)state;
    char long_name[LIMIT_LEDGER_NAME_BYTES + 1];
    memset(long_name, 'n', sizeof long_name);
    assert_true(ledger_name_valid((struct str){long_name, LIMIT_LEDGER_NAME_BYTES}));
    assert_false(ledger_name_valid((struct str){long_name, LIMIT_LEDGER_NAME_BYTES + 1}));
    assert_true(ledger_name_valid(STR("caf\xc3\xa9.example/\xe2\x82\xac")));
    static const struct str bad[] = {
        {"", 0}, {"a+b", 3}, {"a b", 3}, {"a\tb", 3}, {"a\nb", 3}, {"a\x01", 2}, {"a\0b", 3}, {"\xff", 1}, {"a\xc2\xa0", 3},
        {"a\xc2\x85", 3}, {"\xe1\x9a\x80", 3}, {"\xe2\x80\x80", 3}, {"\xe2\x80\x8a", 3}, {"\xe2\x80\xa8", 3}, {"\xe2\x80\xa9", 3},
        {"\xe2\x80\xaf", 3}, {"\xe2\x81\x9f", 3}, {"\xe3\x80\x80", 3},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(ledger_name_valid(bad[i]));
}

/* No byte but the one that stands there reads as the same: a signed note has one form. */
static void base64_has_one_form(void **state)
{
    struct fixture *f = *state;
    struct ledger_note n;
    static const char note[] = NOTE;
    char changed[sizeof note];
    for (size_t at = sizeof TEXT; at < sizeof note - 1; at++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            memcpy(changed, note, sizeof note);
            changed[at] = (char)byte;
            if (changed[at] == note[at])
                continue;
            struct ledger_checkpoint c;
            if (ledger_checkpoint_open((struct str){changed, sizeof note - 1}, &(struct ledger_keys){f->keys, 2, 1}, &c, &n, NULL) == ERR_OK)
                fail_msg("byte %zu may be 0x%02x", at, byte);
        }
    }
}

/* ---- notes ---- */

static void notes_that_are_none(void **state)
{
    struct fixture *f = *state;
    struct ledger_note n;
    const struct { struct str note; const char *why; enum err_code code; } bad[] = {
        {{"", 0}, "a note is lines", ERR_FORMAT},
        {STR(TEXT), "a note is lines", ERR_FORMAT},
        {STR(TEXT "\n"), "a note is lines", ERR_FORMAT},
        {STR("\n\n" LOG_LINE), "does not verify", ERR_REFUSED}, /* the text is one empty line: a text, but not the one that was signed */
        {STR("\n" LOG_LINE), "a note is lines", ERR_FORMAT},
        {STR("a\tb\n\n" LOG_LINE), "a note is lines", ERR_FORMAT},
        {STR("a\r\n\n" LOG_LINE), "a note is lines", ERR_FORMAT},
        {STR("a\xff\n\n" LOG_LINE), "a note is lines", ERR_FORMAT},
        {STR("a\0b\n\n" LOG_LINE), "a note is lines", ERR_FORMAT},
        {STR(TEXT "\n- hub.example/audit AAAAAAA=\n"), "signature line 1 of the note", ERR_FORMAT},
        {STR(TEXT "\n" LOG_LINE "x"), "no line end", ERR_FORMAT},
        {STR(TEXT "\n" DASH "hub.example/audit\n"), "signature line 1", ERR_FORMAT},
        {STR(TEXT "\n" DASH "hub.example/audit \n"), "signature line 1", ERR_FORMAT},
        {STR(TEXT "\n" DASH " AAAAAAA=\n"), "signature line 1", ERR_FORMAT},
        {STR(TEXT "\n" DASH "a+b AAAAAAA=\n"), "signature line 1", ERR_FORMAT},
        {STR(TEXT "\n" DASH "a AAAAAA==\n"), "signature line 1", ERR_FORMAT},          /* a key ID, and no signature */
        {STR(TEXT "\n" DASH "a AAAAAAB=\n"), "signature line 1", ERR_FORMAT},          /* not canonical */
        {STR(TEXT "\n" DASH "a AAAAAAA\n"), "signature line 1", ERR_FORMAT},           /* no padding */
        {STR(TEXT "\n" DASH "a AAAA AAA=\n"), "signature line 1", ERR_FORMAT},
        {STR(TEXT "\n" LOG_LINE DASH "a AAAAAAA\n"), "signature line 2", ERR_FORMAT},
        {STR(TEXT "\n" UNKNOWN_LINE), "none of the note's 1 signatures", ERR_REFUSED},
        {STR(TEXT "\n" LOG_LINE LOG_LINE), "signed the note twice", ERR_REFUSED},
        {STR("x" TEXT "\n" LOG_LINE), "the signature of hub.example/audit does not verify", ERR_REFUSED},
        {STR("x" TEXT "\n" WITNESS_LINE), "the signature of witness.example/w1 does not verify", ERR_REFUSED},
        {STR(TEXT "\n" LOG_LINE DASH "witness.example/w1 JLXZ/gA=\n"), "witness.example/w1 does not verify", ERR_REFUSED},
        {STR(TEXT "\n" DASH "hub.example/audit 8lNF2gA=\n"), "hub.example/audit does not verify", ERR_REFUSED},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        fails(ledger_note_open(bad[i].note, f->keys, 2, &n, e), bad[i].code, bad[i].why);
    /* The key's name and its ID both count. */
    fails(ledger_note_open(STR(TEXT "\n" DASH "hub.example/other 8lNF2jgDj4em3Cl7SmTyCY9rJSGcCaaDbvq0Bt2cQoqAcJm3yZ6C7YxWc5pCnUKJs62ORPI81yikZLN4lu1aLdpeIA8=\n"),
                           f->keys, 2, &n, e), ERR_REFUSED, "none of the note's 1");
    fails(ledger_note_parse(STR("x"), &n, e), ERR_FORMAT, "a note is lines");
}

static void limits_of_notes(void **state)
{
    struct fixture *f = *state;
    struct ledger_note n;
    (void)buf_str(&f->a, STR(TEXT "\n" LOG_LINE));
    for (size_t i = 1; i < LIMIT_LEDGER_SIGNATURES; i++)
        (void)buf_z(&f->a, UNKNOWN_LINE);
    ok(ledger_note_open(buf_as_str(&f->a), f->keys, 2, &n, e));
    assert_int_equal(n.n, LIMIT_LEDGER_SIGNATURES);
    (void)buf_z(&f->a, UNKNOWN_LINE);
    fails(ledger_note_open(buf_as_str(&f->a), f->keys, 2, &n, e), ERR_LIMIT, "more than 64 signatures");
    buf_clear(&f->a);
    for (size_t i = 0; i < LIMIT_LEDGER_NOTE_BYTES - 4; i++)
        (void)buf_char(&f->a, 'a');
    (void)buf_z(&f->a, "\n");
    ok(ledger_note_sign(&f->log, buf_as_str(&f->a), 0, &f->b, e));
    fails(ledger_note_sign(&f->witness, buf_as_str(&f->a), 0, &f->b, e), ERR_LIMIT, "a note");
    (void)buf_z(&f->a, "\n");
    (void)buf_str(&f->a, buf_as_str(&f->b));
    fails(ledger_note_open(buf_as_str(&f->a), f->keys, 2, &n, e), ERR_LIMIT, "the note has more than 65536 bytes");
    /* A text longer than any note cannot have been signed by a key that is known. */
    struct str line;
    uint64_t time_s;
    fails(ledger_signature_check(STR(WITNESS_LINE), buf_as_str(&f->a), &f->keys[1], &line, &time_s, e), ERR_REFUSED, "does not verify");
    fails(ledger_signature_check(STR(UNKNOWN_LINE), STR(TEXT), &f->keys[1], &line, &time_s, e), ERR_REFUSED, "no signature by witness.example/w1");
    fails(ledger_signature_check(STR("nothing"), STR(TEXT), &f->keys[1], &line, &time_s, e), ERR_FORMAT, "no line end");
    fails(ledger_signature_check(STR(""), STR(TEXT), &f->keys[1], &line, &time_s, e), ERR_REFUSED, "no signature by");
    fails(ledger_note_sign(&f->log, STR("no line end"), 0, &f->b, e), ERR_FORMAT, "whole lines of UTF-8");
    struct buf small;
    buf_init(&small, 10);
    fails(ledger_note_sign(&f->log, STR(TEXT), 0, &small, e), ERR_LIMIT, "a signed note");
    buf_release(&small);
}

static void texts_with_empty_lines(void **state)
{
    struct fixture *f = *state;
    struct ledger_note n;
    static const char text[] = "one\n\ntwo\n";
    (void)buf_z(&f->a, text);
    (void)buf_char(&f->a, '\n');
    ok(ledger_note_sign(&f->log, STR("one\n\ntwo\n"), 0, &f->a, e));
    ok(ledger_note_open(buf_as_str(&f->a), f->keys, 2, &n, e));
    assert_true(str_eq(n.text, str_of(text)));
}

/* ---- checkpoints ---- */

static void checkpoints_that_are_none(void **state)
{
    (void)state;
    struct ledger_checkpoint c;
    static const struct { const char *text, *why; } bad[] = {
        {"", "no origin"},
        {"a", "no origin"},
        {"\n1\nAAAA\n", "no origin"},
        {"a\n", "second line is no size"},
        {"a\n\n", "second line is no size"},
        {"a\n01\n", "second line is no size"},
        {"a\n-1\n", "second line is no size"},
        {"a\n1x\n", "second line is no size"},
        {"a\n9223372036854775808\n", "second line is no size"},
        {"a\n92233720368547758070\n", "second line is no size"},
        {"a\n1\n", "third line is no hash"},
        {"a\n1\nAAAA\n", "third line is no hash"},
        {"a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n", "third line is no hash"},
        {"a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n", "third line is no hash"},
        {"a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFUA\n", "third line is no hash"},
        {"a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n", "an empty line"},
        {"a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nx\n\ny\n", "an empty line"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        fails(ledger_checkpoint_parse(str_of(bad[i].text), &c, e), ERR_FORMAT, bad[i].why);
    ok(ledger_checkpoint_parse(STR("a\n9223372036854775807\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nx y\nz\n"), &c, e));
    assert_true(c.size == LEDGER_SIZE_MAX && str_eq(c.extension, STR("x y\nz\n")));
    ok(ledger_checkpoint_parse(STR("a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"), &c, e));
    assert_true(c.size == 0);
}

static void checkpoints_that_cannot_be_written(void **state)
{
    struct fixture *f = *state;
    char long_name[LIMIT_LEDGER_NAME_BYTES + 1];
    memset(long_name, 'n', sizeof long_name);
    const struct ledger_checkpoint bad[] = {
        {STR(""), 0, ledger_hash_empty(), STR("")},
        {{long_name, sizeof long_name}, 0, ledger_hash_empty(), STR("")},
        {STR("a"), LEDGER_SIZE_MAX + 1, ledger_hash_empty(), STR("")},
        {STR("a"), 0, ledger_hash_empty(), STR("\n")},
        {STR("a"), 0, ledger_hash_empty(), STR("no end")},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        fails(ledger_checkpoint_format(&bad[i], &f->a, e), ERR_FORMAT, "a checkpoint has an origin");
    fails(ledger_checkpoint_format(&(struct ledger_checkpoint){STR("a\nb"), 0, ledger_hash_empty(), STR("")}, &f->a, e), ERR_FORMAT,
          "second line is no size");
    struct buf small;
    buf_init(&small, 10);
    fails(ledger_checkpoint_format(&(struct ledger_checkpoint){STR("a"), 0, ledger_hash_empty(), STR("")}, &small, e), ERR_LIMIT, "a checkpoint");
    buf_release(&small);
    buf_clear(&f->a);
    ok(ledger_checkpoint_format(&(struct ledger_checkpoint){STR("a"), 0, ledger_hash_empty(), STR("epoch 2\n")}, &f->a, e));
    assert_true(str_eq(buf_as_str(&f->a), STR("a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nepoch 2\n")));
}

static void whom_to_believe(void **state)
{
    struct fixture *f = *state;
    struct ledger_note n;
    struct ledger_checkpoint c;
    const struct ledger_hash root = ledger_hash_empty();
    fails(ledger_checkpoint_open(STR(TEXT "\n" WITNESS_LINE), &(struct ledger_keys){f->keys, 2, 0}, &c, &n, e), ERR_REFUSED,
          "hub.example/audit is not signed by a known key of that name");
    fails(ledger_checkpoint_open(STR(TEXT "\n" LOG_LINE), &(struct ledger_keys){f->keys, 2, 1}, &c, &n, e), ERR_REFUSED,
          "0 of the 1 known witnesses");
    ok(ledger_checkpoint_open(STR(TEXT "\n" UNKNOWN_LINE LOG_LINE), &(struct ledger_keys){f->keys, 2, 0}, &c, &n, e));
    note_of(&f->log, "else.example", 0, &root, &f->a); /* a known key under another origin */
    fails(ledger_checkpoint_open(buf_as_str(&f->a), &(struct ledger_keys){f->keys, 2, 0}, &c, &n, e), ERR_REFUSED, "else.example is not signed");
    fails(ledger_checkpoint_open(STR(""), &(struct ledger_keys){f->keys, 2, 0}, &c, &n, e), ERR_FORMAT, "a note is lines");
    buf_clear(&f->a);
    (void)buf_z(&f->a, "one\n\n");
    ok(ledger_note_sign(&f->log, STR("one\n"), 0, &f->a, e));
    fails(ledger_checkpoint_open(buf_as_str(&f->a), &(struct ledger_keys){f->keys, 2, 0}, &c, &n, e), ERR_FORMAT, "second line is no size");
}

/* ---- epochs ---- */

static void epochs_of_origins(void **state)
{
    struct fixture *f = *state;
    struct str base;
    uint32_t epoch;
    static const struct { const char *origin, *base; uint32_t epoch; } good[] = {
        {"hub.example/audit", "hub.example/audit", 1}, {"hub.example/audit/e2", "hub.example/audit", 2}, {"h/e1000", "h", 1000},
        {"h", "h", 1},  {"h/e", "h/e", 1},   {"h/e02", "h/e02", 1}, {"h/ex", "h/ex", 1}, {"h/e2/e3", "h/e2", 3}, {"e2", "e2", 1},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(ledger_origin_split(str_of(good[i].origin), &base, &epoch));
        assert_true(str_eq(base, str_of(good[i].base)) && epoch == good[i].epoch);
        buf_clear(&f->a);
        ledger_origin_format(base, epoch, &f->a);
        assert_true(str_eq(buf_as_str(&f->a), str_of(good[i].origin)));
    }
    static const char *const bad[] = {"", "h/e1", "h/e0", "h/e1001", "/e2"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(ledger_origin_split(str_of(bad[i]), &base, &epoch));
    struct ledger_key k, back;
    ok(ledger_key_epoch(&f->keys[0], 2, &k, e));
    assert_string_equal(k.name, LOG_NAME "/e2");
    assert_memory_equal(k.public, f->keys[0].public, 32);
    assert_true(memcmp(k.id, f->keys[0].id, 4) != 0);
    ok(ledger_key_epoch(&k, 1, &back, e));
    assert_memory_equal(&back, &f->keys[0], sizeof back);
    fails(ledger_key_epoch(&k, 0, &back, e), ERR_FORMAT, "no epoch 0");
    fails(ledger_key_epoch(&k, 1001, &back, e), ERR_FORMAT, "no epoch 1001");
    strcpy(k.name, "h/e1");
    fails(ledger_key_epoch(&k, 2, &back, e), ERR_FORMAT, "h/e1 has no epoch 2");
}

static void declarations(void **state)
{
    struct fixture *f = *state;
    struct ledger_epoch d;
    ok(ledger_epoch_format(&(struct ledger_epoch){STR(LOG_NAME "/e2"), STR(NOTE)}, &f->a, e));
    assert_true(str_eq(buf_as_str(&f->a), STR("haven-epoch@v1\n" LOG_NAME "/e2\n\n" NOTE)));
    ok(ledger_epoch_parse(buf_as_str(&f->a), &d, e));
    assert_true(str_eq(d.origin, STR(LOG_NAME "/e2")) && str_eq(d.quoted, STR(NOTE)));
    const struct { struct str entry; const char *why; } bad[] = {
        {{"", 0}, "declares no epoch"},
        {STR("haven-epoch@v2\n"), "declares no epoch"},
        {STR("haven-epoch@v1\n"), "does not end in /e"},
        {STR("haven-epoch@v1\n" LOG_NAME "\n\n" NOTE), "does not end in /e"},
        {STR("haven-epoch@v1\nh/e1\n\n" NOTE), "does not end in /e"},
        {STR("haven-epoch@v1\n" LOG_NAME "/e2\n"), "no empty line after its origin"},
        {STR("haven-epoch@v1\n" LOG_NAME "/e2\n" NOTE), "no empty line after its origin"},
        {STR("haven-epoch@v1\n" LOG_NAME "/e2\n\n"), "a note is lines"},
        {STR("haven-epoch@v1\n" LOG_NAME "/e2\n\nx\n\n" LOG_LINE), "second line is no size"},
        {STR("haven-epoch@v1\n" LOG_NAME "/e3\n\n" NOTE), "not of the epoch before"},
        {STR("haven-epoch@v1\nelse.example/e2\n\n" NOTE), "not of the epoch before"},
        {STR("haven-epoch@v1\nh/e2\n\nh/e1\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n" LOG_LINE), "not of the epoch before"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        fails(ledger_epoch_parse(bad[i].entry, &d, e), ERR_FORMAT, bad[i].why);
    buf_clear(&f->a);
    fails(ledger_epoch_format(&(struct ledger_epoch){STR("h"), STR(NOTE)}, &f->a, e), ERR_FORMAT, "does not end in /e");
    buf_clear(&f->a);
    for (size_t i = 0; i < LIMIT_LEDGER_ENTRY_BYTES; i++)
        (void)buf_char(&f->b, 'x');
    fails(ledger_epoch_format(&(struct ledger_epoch){STR(LOG_NAME "/e2"), buf_as_str(&f->b)}, &f->a, e), ERR_FORMAT, "declares no epoch");
    struct buf small;
    buf_init(&small, 10);
    fails(ledger_epoch_format(&(struct ledger_epoch){STR("h/e2"), STR(NOTE)}, &small, e), ERR_LIMIT, "an epoch's first entry");
    buf_release(&small);
}

/* ---- offline proofs ---- */

static void bundles(void **state)
{
    struct fixture *f = *state;
    struct memory_log m;
    struct ledger_bundle b = {.extra = STR_NONE, .index = 123, .checkpoint = STR(NOTE)}, back;
    struct ledger_checkpoint c;
    const struct ledger_keys keys = {f->keys, 2, 1};
    memory_log_make(&m, 300, "entry");
    ok(ledger_inclusion_prove(memory_log_hashes(&m), 123, 300, &b.proof, e));
    assert_int_equal(b.proof.n, 9);
    ok(ledger_bundle_format(&b, &f->a, e));
    ok(ledger_bundle_check(buf_as_str(&f->a), STR("entry 123"), &keys, &back, &c, e));
    assert_true(back.index == 123 && back.extra.n == 0 && c.size == 300);
    fails(ledger_bundle_check(buf_as_str(&f->a), STR("entry 124"), &keys, &back, &c, e), ERR_FINDINGS, "does not lead from entry 123");
    fails(ledger_bundle_check(buf_as_str(&f->a), STR("entry 123"), &(struct ledger_keys){f->keys, 1, 1}, &back, &c, e), ERR_REFUSED, "0 of the 1");
    fails(ledger_bundle_check(STR("x\n"), STR("entry 123"), &keys, &back, &c, e), ERR_FORMAT, "it is no offline proof");
    b.extra = STR("AAAA");
    buf_clear(&f->a);
    ok(ledger_bundle_format(&b, &f->a, e));
    assert_true(str_starts(buf_as_str(&f->a), STR("c2sp.org/tlog-proof@v1\nextra AAAA\nindex 123\n")));
    ok(ledger_bundle_check(buf_as_str(&f->a), STR("entry 123"), &keys, &back, &c, e));
    assert_true(str_eq(back.extra, STR("AAAA")));
    b.extra = STR("AAA");
    buf_clear(&f->a);
    fails(ledger_bundle_format(&b, &f->a, e), ERR_FORMAT, "extra data is no base64");
    memory_log_free(&m);
#define HEAD "c2sp.org/tlog-proof@v1\n"
#define HASH "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    static const struct { const char *text, *why; enum err_code code; } bad[] = {
        {"", "no offline proof", ERR_FORMAT},
        {"c2sp.org/tlog-proof@v2\n", "no offline proof", ERR_FORMAT},
        {HEAD, "no line \"index\"", ERR_FORMAT},
        {HEAD "extra AAAA\n", "no line \"index\"", ERR_FORMAT},
        {HEAD "extra \nindex 0\n", "extra data is no base64", ERR_FORMAT},
        {HEAD "extra AAAA\nextra AAAA\nindex 0\n", "no line \"index\"", ERR_FORMAT},
        {HEAD "index 00\n", "no line \"index\"", ERR_FORMAT},
        {HEAD "index\n", "no line \"index\"", ERR_FORMAT},
        {HEAD "index 0\n", "does not end with an empty line", ERR_FORMAT},
        {HEAD "index 0\n" HASH, "does not end with an empty line", ERR_FORMAT},
        {HEAD "index 0\n" HASH "AAAA\n\n" NOTE, "line 2 of the proof is no hash", ERR_FORMAT},
        {HEAD "index 0\n" HASH "\n", "a note is lines", ERR_FORMAT},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        fails(ledger_bundle_parse(str_of(bad[i].text), &back, e), bad[i].code, bad[i].why);
    buf_clear(&f->a);
    (void)buf_z(&f->a, HEAD "index 0\n");
    for (unsigned i = 0; i < LEDGER_PROOF_MAX + 1; i++)
        (void)buf_z(&f->a, HASH);
    fails(ledger_bundle_parse(buf_as_str(&f->a), &back, e), ERR_LIMIT, "more than 64 hashes");
    while (f->a.n <= LIMIT_LEDGER_BUNDLE_BYTES)
        (void)buf_z(&f->a, HASH);
    fails(ledger_bundle_parse(buf_as_str(&f->a), &back, e), ERR_LIMIT, "the offline proof has more than");
    struct buf small;
    buf_init(&small, 50);
    fails(ledger_bundle_format(&b, &small, e), ERR_LIMIT, "an offline proof");
    buf_release(&small);
}

int main(void)
{
#define T(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(the_vector_byte_for_byte), T(the_vector_opens), T(key_texts), T(names), T(base64_has_one_form), T(notes_that_are_none), T(limits_of_notes),
        T(texts_with_empty_lines), T(checkpoints_that_are_none), T(checkpoints_that_cannot_be_written), T(whom_to_believe),
        T(epochs_of_origins), T(declarations), T(bundles),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("note", tests, NULL, NULL);
}
