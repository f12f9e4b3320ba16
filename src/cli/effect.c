/* effect.c: see effect.h. */
#include "cli/effect.h"

#include <errno.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

static enum err_code ended(struct cli *c, enum err_code code, struct err *e)
{
    if (code == ERR_OK)
        return store_commit(c->store, e);
    store_rollback(c->store);
    return code;
}

enum err_code cli_effect(struct cli *c, enum err_code code, enum ledger_operation operation, struct str object, struct err *e)
{
    if (code == ERR_OK)
        code = asking_effect(&c->asking, operation, object, NULL, 0, e);
    return ended(c, code, e);
}

enum err_code cli_roles(const struct cli *c, uint32_t roles, const char *who, struct err *e)
{
    return c->asking.user.roles & roles ? ERR_OK : err_set(e, ERR_REFUSED, "this is done by %s", who);
}

enum err_code cli_step_up(struct cli *c, struct err *e)
{
    int64_t until = 0;
    const char *code = cli_opt(c, "code");
    if (!code)
        return ERR_OK;
    ERR_TRY(store_begin(c->store, e));
    enum err_code done = registry_step_up(c->store, c->vault, &c->asking.user, str_of(code), c->asking.now_ms, &until, e);
    if (done == ERR_OK && !until)
        done = asking_effect_refused(&c->asking, LEDGER_sign_in, STR("step-up"), ACCESS_RULE_step_up, e);
    else if (done == ERR_OK)
        done = asking_effect(&c->asking, LEDGER_sign_in, STR("step-up"), NULL, 0, e);
    ERR_TRY(ended(c, done, e)); /* a refusal is kept too: it counts */
    if (!until)
        return err_set(e, ERR_REFUSED, "the code is not right, was used before, or there were too many attempts: wait for the next one");
    c->asking.step_up_until_ms = until;
    return ERR_OK;
}

/* ---- reading ---- */

static bool echo(int fd, bool on)
{
    struct termios t;
    if (tcgetattr(fd, &t) != 0)
        return false;
    t.c_lflag = on ? t.c_lflag | (tcflag_t)ECHO : t.c_lflag & ~(tcflag_t)ECHO;
    return tcsetattr(fd, TCSAFLUSH, &t) == 0;
}

enum err_code cli_secret(struct cli *c, const char *prompt, struct str *ret, struct err *e)
{
    char *line = ARENA_NEW(c->arena, char, LIMIT_PASSWORD_BYTES + 2);
    if (!line)
        return err_set(e, ERR_NO_MEMORY, "out of memory");
    FILE *in = c->door->in, *err = c->door->err; /* the caller's own, also where a server runs the command */
    (void)setvbuf(in, NULL, _IONBF, 0); /* no copy in a buffer that nobody wipes */
    bool terminal = isatty(fileno(in));
    if (terminal) {
        fputs(prompt, err);
        (void)fflush(err); /* a server's stream to it is buffered */
    }
    bool hidden = terminal && echo(fileno(in), false);
    char *got = fgets(line, (int)LIMIT_PASSWORD_BYTES + 2, in);
    if (hidden && echo(fileno(in), true))
        fputc('\n', err);
    if (!got)
        return err_set(e, ERR_USAGE, "nothing was given on standard input");
    size_t n = strcspn(line, "\r\n");
    if (n > LIMIT_PASSWORD_BYTES)
        return err_set(e, ERR_LIMIT, "a password may have at most %zu bytes", LIMIT_PASSWORD_BYTES);
    *ret = (struct str){line, n};
    return ERR_OK;
}

enum err_code cli_opt_date(const struct cli *c, const char *name, bool after, int64_t *ret_ms, struct err *e)
{
    int32_t day;
    if (!cli_has(c, name))
        return ERR_OK;
    if (!day_parse_iso(str_of(cli_opt(c, name)), &day))
        return err_set(e, ERR_USAGE, "--%s must be a date as 2026-04-01", name);
    *ret_ms = day_start_ms(day + (after ? 1 : 0));
    return ERR_OK;
}

struct str cli_date(struct cli *c, int64_t ms)
{
    return ms == REGISTRY_FOR_EVER ? STR("") : instant_format_iso(c->arena, (struct instant){ms, PRECISION_MINUTE});
}

enum err_code cli_file(struct cli *c, const char *path, size_t most, struct str *ret, struct err *e)
{
    FILE *in = fopen(path, "rbe");
    if (!in)
        return err_set(e, ERR_IO, "%s: cannot be opened: %s", path, strerror(errno));
    char *p = ARENA_NEW(c->arena, char, most + 1);
    size_t n = p ? fread(p, 1, most + 1, in) : 0;
    bool failed = ferror(in) != 0;
    (void)fclose(in); /* only read from */
    if (!p)
        return err_set(e, ERR_NO_MEMORY, "out of memory");
    if (failed)
        return err_set(e, ERR_IO, "%s: cannot be read", path);
    if (n > most)
        return err_set(e, ERR_LIMIT, "%s: is over the limit of %zu bytes", path, most);
    *ret = (struct str){p, n};
    return ERR_OK;
}
