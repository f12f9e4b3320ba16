/* password.c: Argon2id behind a gate that bounds memory, with equal work for users that do not exist. */
#include "vault/sign_in.h"
#include "vault/vault_int.h"

#include <assert.h>
#include <time.h>

_Static_assert(sizeof((struct vault_password *)0)->z == crypto_pwhash_STRBYTES, "stored password");

/* Of a random password that nobody knows, with the limits of base/limits.h (a test compares): what unknown users are checked against. */
static const struct vault_password nobody = {
    "$argon2id$v=19$m=65536,t=2,p=1$1ObSsMcCzrOWM8Na91t50Q$TYh1z8xXAVGIWU5LiZBdxIwpnDVZUp6AgWlj5M3UR+A"};

/* ---- the gate ---- */

void vault_gate_init(struct vault_gate *g)
{
    pthread_condattr_t attributes;
    *g = (struct vault_gate){.mutex = PTHREAD_MUTEX_INITIALIZER, .wait_ms = LIMIT_PASSWORD_WAIT_MS};
    (void)pthread_condattr_init(&attributes); /* on Linux none of these can fail with these arguments */
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&g->freed, &attributes);
    (void)pthread_condattr_destroy(&attributes);
}

void vault_gate_destroy(struct vault_gate *g)
{
    assert(g->running == 0 && g->waiting == 0);
    (void)pthread_cond_destroy(&g->freed);
    (void)pthread_mutex_destroy(&g->mutex);
}

static struct timespec moment_after(long ms)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000L;
    if (t.tv_nsec >= 1000000000L) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000L;
    }
    return t;
}

static enum err_code gate_enter(struct vault_gate *g, struct err *e)
{
    const struct timespec latest = moment_after(g->wait_ms);
    int timed_out = 0;
    (void)pthread_mutex_lock(&g->mutex);
    bool full = g->running >= LIMIT_PASSWORDS_AT_ONCE && g->waiting >= LIMIT_PASSWORDS_WAITING;
    if (!full) {
        g->waiting++;
        while (g->running >= LIMIT_PASSWORDS_AT_ONCE && timed_out == 0)
            timed_out = pthread_cond_timedwait(&g->freed, &g->mutex, &latest);
        g->waiting--;
        full = g->running >= LIMIT_PASSWORDS_AT_ONCE;
    }
    if (!full)
        g->running++;
    (void)pthread_mutex_unlock(&g->mutex);
    return full ? err_set(e, ERR_LIMIT, "too many people are signing in at this moment: try again in a minute") : ERR_OK;
}

static void gate_leave(struct vault_gate *g)
{
    (void)pthread_mutex_lock(&g->mutex);
    assert(g->running > 0);
    g->running--;
    (void)pthread_cond_signal(&g->freed);
    (void)pthread_mutex_unlock(&g->mutex);
}

/* ---- hashes ---- */

static enum err_code check_length(struct str password, struct err *e)
{
    return password.n <= LIMIT_PASSWORD_BYTES ? ERR_OK : err_set(e, ERR_LIMIT, "a password may have at most %zu bytes", LIMIT_PASSWORD_BYTES);
}

enum err_code vault_password_hash(struct vault_gate *g, struct str password, struct vault_password *ret, struct err *e)
{
    struct vault_password out;
    ERR_TRY(vault_start_sodium(e));
    ERR_TRY(check_length(password, e));
    ERR_TRY(gate_enter(g, e));
    int bad = crypto_pwhash_str_alg(out.z, password.p, password.n, LIMIT_PASSWORD_PASSES, LIMIT_PASSWORD_MEMORY, crypto_pwhash_ALG_ARGON2ID13);
    gate_leave(g);
    if (bad)
        return err_set(e, ERR_NO_MEMORY, "out of memory for hashing a password");
    *ret = out;
    return ERR_OK;
}

enum err_code vault_password_check(struct vault_gate *g, const struct vault_password *stored, struct str password, bool *ret_right,
                                   struct err *e)
{
    const struct vault_password *against = stored ? stored : &nobody;
    ERR_TRY(vault_start_sodium(e));
    ERR_TRY(check_length(password, e));
    if (!memchr(against->z, '\0', sizeof against->z))
        return err_set(e, ERR_STORE, "a stored password is damaged");
    ERR_TRY(gate_enter(g, e));
    bool right = crypto_pwhash_str_verify(against->z, password.p, password.n) == 0;
    gate_leave(g);
    *ret_right = right && stored;
    return ERR_OK;
}

bool vault_password_stale(const struct vault_password *stored)
{
    return crypto_pwhash_str_needs_rehash((stored ? stored : &nobody)->z, LIMIT_PASSWORD_PASSES, LIMIT_PASSWORD_MEMORY) != 0;
}
