/* output.c: where a command's output goes with -o. A file is written under a name of its own and gets the wanted one when it is whole.
 * The lock is held where it comes and goes, so that Ctrl-C (interrupt.c) finds it or finds it done. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err_code cannot(const char *path, struct err *e) { return err_set(e, ERR_IO, "cannot write %s: %s", path, strerror(errno)); }

/* What stands there and is no plain file (a device, a pipe, a link to one) is written into as it is. */
static bool goes_through(const char *path, mode_t *ret_mode)
{
    struct stat st;
    *ret_mode = 0;
    if (lstat(path, &st) != 0)
        return false;
    *ret_mode = st.st_mode & 07777;
    return !S_ISREG(st.st_mode);
}

static enum err_code open_partial(struct cli *c, const char *path, mode_t mode, FILE **ret, struct err *e)
{
    const char *partial = str_fmt(c->arena, "%s.partial-%ld", path, (long)getpid()).p;
    if (!partial)
        return err_set(e, ERR_NO_MEMORY, "out of memory");
    (void)pthread_mutex_lock(&c->file.lock);
    int fd = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    c->file.path = path;
    c->file.partial = fd < 0 ? NULL : partial;
    (void)pthread_mutex_unlock(&c->file.lock);
    if (fd < 0)
        return cannot(path, e);
    if ((mode && fchmod(fd, mode) != 0) || !(*ret = fdopen(fd, "w"))) {
        (void)cannot(path, e); /* before errno changes */
        (void)close(fd);
        return e->code;
    }
    return ERR_OK;
}

enum err_code cli_output(struct cli *c, const char *path, struct err *e)
{
    FILE *f = NULL;
    mode_t mode;
    if (!path || strcmp(path, "-") == 0)
        return ERR_OK;
    if (!goes_through(path, &mode))
        ERR_TRY(open_partial(c, path, mode, &f, e));
    else if (!(f = fopen(path, "we")))
        return cannot(path, e);
    c->out = f;
    return ERR_OK;
}

enum err_code cli_output_close(struct cli *c, enum err_code code, struct err *e)
{
    bool bad = fflush(c->out) != 0 || ferror(c->out), good = code == ERR_OK || code == ERR_FINDINGS;
    if (c->out != c->door->out)
        bad = fclose(c->out) != 0 || bad;
    c->out = c->door->out;
    if (bad && good)
        code = err_set(e, ERR_IO, "writing the output failed: %s", strerror(errno));
    if (!c->file.partial)
        return code;
    (void)pthread_mutex_lock(&c->file.lock);
    if (!good || bad)
        (void)unlink(c->file.partial); /* the error that stands says more */
    else if (rename(c->file.partial, c->file.path) != 0)
        code = cannot(c->file.path, e);
    c->file.partial = NULL;
    (void)pthread_mutex_unlock(&c->file.lock);
    return code;
}
