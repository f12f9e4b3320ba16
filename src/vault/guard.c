/* guard.c: a process whose memory stays its own. Keys lie in memory that sodium keeps out of dumps and swap; what is opened with them does not, so the whole process leaves no dump. */
#include "vault/keeping.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum err_code vault_guard_process(struct err *e)
{
    const struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        return err_set(e, ERR_IO, "core files cannot be switched off: %s", strerror(errno));
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return err_set(e, ERR_IO, "memory dumps cannot be switched off: %s", strerror(errno));
    return ERR_OK;
}
