/* share_text.c: a share on paper. Nine numbered lines of nine groups of four characters, the ninth a check of its line, so that whoever
 * types it in is told which line to look at again. Lines that begin with # are for people and are not read; order and blanks do not matter. */
#include "vault/shares.h"

#include <assert.h>
#include <stdio.h>

#define GROUP ((size_t)4)
#define DATA_CHARS ((size_t)32)
#define CHECK_BYTES ((size_t)3) /* 20 of these bits are used: four characters */

/* Four characters over the line's number and bytes. */
static void line_check(unsigned number, const unsigned char *p, char ret[GROUP + 1])
{
    unsigned char sum[16], numbered[1 + VAULT_SHARE_LINE_BYTES];
    char text[CHECK_BYTES * 8 / 5 + 2];
    numbered[0] = (unsigned char)number;
    memcpy(numbered + 1, p, VAULT_SHARE_LINE_BYTES);
    (void)crypto_generichash(sum, sizeof sum, numbered, sizeof numbered, NULL, 0);
    vault_base32_put(VAULT_BASE32_TYPED, sum, CHECK_BYTES, text);
    memcpy(ret, text, GROUP);
    ret[GROUP] = '\0';
    sodium_memzero(numbered, sizeof numbered);
}

/* ---- writing ---- */

static char *put_line(char *to, unsigned number, const unsigned char *p)
{
    char data[DATA_CHARS + 1], check[GROUP + 1];
    vault_base32_put(VAULT_BASE32_TYPED, p, VAULT_SHARE_LINE_BYTES, data);
    line_check(number, p, check);
    *to++ = (char)('0' + number);
    *to++ = ' ';
    for (size_t i = 0; i < DATA_CHARS; i += GROUP) {
        *to++ = ' ';
        memcpy(to, data + i, GROUP);
        to += GROUP;
    }
    memcpy(to, "  ", 2);
    memcpy(to + 2, check, GROUP);
    to += 2 + GROUP;
    *to++ = '\n';
    sodium_memzero(data, sizeof data);
    return to;
}

void vault_share_write(const struct vault_share_bytes *share, struct vault_share *ret)
{
    const unsigned char *p = (const unsigned char *)share;
    char set[17];
    (void)sodium_bin2hex(set, sizeof set, share->set, sizeof share->set);
    int n = snprintf(ret->z, sizeof ret->z,
                     "# Haven key share %u of %u; any %u of them give the hub's keys. Set %s.\n"
                     "# Keep it apart from the other shares and from the database. To use: haven key recover, or haven key drill.\n",
                     share->number, share->total, share->need, set);
    assert(n > 0 && (size_t)n + VAULT_SHARE_LINES * 60 < sizeof ret->z);
    char *to = ret->z + n;
    for (unsigned line = 1; line <= VAULT_SHARE_LINES; line++, p += VAULT_SHARE_LINE_BYTES)
        to = put_line(to, line, p);
    *to = '\0';
}

/* ---- reading ---- */

static enum err_code read_line(struct str line, const char *name, unsigned file_line, bool seen[VAULT_SHARE_LINES], struct vault_share_bytes *ret, struct err *e)
{
    char text[1 + DATA_CHARS + GROUP + 1], check[GROUP + 1];
    unsigned char bytes[VAULT_SHARE_LINE_BYTES];
    size_t n = vault_base32_clean(line, text, sizeof text - 1);
    if (n != sizeof text - 1 || !vault_base32_take((struct str){text + 1, DATA_CHARS}, bytes, sizeof bytes))
        return err_set(e, ERR_FORMAT, "%s line %u: should be its number and nine groups of four letters and digits", name, file_line);
    unsigned number = (unsigned char)text[0] - (unsigned)'0';
    if (number < 1 || number > VAULT_SHARE_LINES)
        return err_set(e, ERR_FORMAT, "%s line %u: its number should be from 1 to %d", name, file_line, VAULT_SHARE_LINES);
    line_check(number, bytes, check);
    if (memcmp(check, text + 1 + DATA_CHARS, GROUP) != 0)
        return err_set(e, ERR_FORMAT, "%s line %u: a character is wrong; compare it with the original", name, file_line);
    if (seen[number - 1])
        return err_set(e, ERR_FORMAT, "%s line %u: there is a line %u before it", name, file_line, number);
    seen[number - 1] = true;
    memcpy((unsigned char *)ret + (size_t)(number - 1) * VAULT_SHARE_LINE_BYTES, bytes, sizeof bytes);
    sodium_memzero(text, sizeof text);
    sodium_memzero(bytes, sizeof bytes);
    return ERR_OK;
}

static enum err_code check_whole(const struct vault_share_bytes *s, const char *name, struct err *e)
{
    unsigned char sum[VAULT_SHARE_SUM_BYTES];
    vault_share_checksum(s, sum);
    if (memcmp(sum, s->sum, sizeof sum) != 0)
        return err_set(e, ERR_FORMAT, "%s: the lines are not of one share, or a character is wrong; compare it with the original", name);
    if (s->version != 1)
        return err_set(e, ERR_UNSUPPORTED, "%s: a share of version %u; this program knows version 1", name, s->version);
    if (s->need < 2 || s->need >= s->total || s->total > LIMIT_SHARES || s->number < 1 || s->number > s->total)
        return err_set(e, ERR_FORMAT, "%s: is no share of Haven", name);
    return ERR_OK;
}

enum err_code vault_share_read(struct str text, const char *name, struct vault_share_bytes *ret, struct err *e)
{
    bool seen[VAULT_SHARE_LINES] = {false};
    struct str rest = text, line;
    for (unsigned file_line = 1; str_split(&rest, '\n', &line); file_line++) {
        line = str_trim(line);
        if (line.n && line.p[0] != '#')
            ERR_TRY(read_line(line, name, file_line, seen, ret, e));
    }
    for (unsigned i = 0; i < VAULT_SHARE_LINES; i++)
        if (!seen[i])
            return err_set(e, ERR_FORMAT, "%s: is no whole share: line %u is missing", name, i + 1);
    return check_whole(ret, name, e);
}
