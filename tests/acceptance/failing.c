/* failing.c: a library for LD_PRELOAD that counts what a program asks of the system, and makes the n-th of it fail.
 *
 * It is steered through a file of one `struct control`, whose name is in FAILING_CONTROL: mapped shared, so that whoever steers (fail_closed.py) can
 * arm it when a server stands ready, read the count after a kill, and nothing is asked of the disk for it. Without the variable all calls go through.
 *
 * Counted, by kind: allocations; writes (the standard output too, which is given a stream of ours, because the C library's own calls cannot be
 * met); syncs; names (files made, renamed, removed, cut); mappings. The file's and the library's own calls are not counted. */
#undef _FILE_OFFSET_BITS /* pwrite and pwrite64 are two names here */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { ALLOC, WRITE, SYNC, NAME, MAP, KIND_N };
enum mode { ONCE, FROM_THEN_ON, SHORT }; /* SHORT: a write does half of what was asked, once; other kinds go through */

struct control {
    _Atomic uint32_t armed, mode, error, kinds; /* kinds: 1 << enum kind */
    _Atomic uint64_t at;                        /* the first is 1; 0: none fails */
    _Atomic uint64_t count, failed;
    _Atomic uint64_t by_kind[KIND_N];
};

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);

static struct control *control; /* set before main() */

/* Whether this call fails (errno is set) or, when it is a write, is to be short. */
static bool fails(enum kind kind, bool *ret_short)
{
    struct control *c = control;
    if (ret_short)
        *ret_short = false;
    if (!c || !c->armed || !(c->kinds & 1u << kind))
        return false;
    atomic_fetch_add(&c->by_kind[kind], 1);
    uint64_t n = atomic_fetch_add(&c->count, 1) + 1, at = c->at;
    if (at == 0 || (c->mode == FROM_THEN_ON ? n < at : n != at))
        return false;
    atomic_fetch_add(&c->failed, 1);
    if (c->mode == SHORT) {
        if (ret_short && kind == WRITE)
            *ret_short = true;
        return false;
    }
    errno = kind == ALLOC || kind == MAP ? ENOMEM : (int)c->error;
    return true;
}

/* ---- memory ---- */
/* Where a sanitizer stands behind this library, memory is its. */
extern void *__interceptor_malloc(size_t n) __attribute__((weak));
extern void *__interceptor_calloc(size_t n, size_t size) __attribute__((weak));
extern void *__interceptor_realloc(void *p, size_t n) __attribute__((weak));
extern void *__interceptor_memalign(size_t align, size_t n) __attribute__((weak));

static void *aligned(size_t align, size_t n) { return __interceptor_memalign ? __interceptor_memalign(align, n) : __libc_memalign(align, n); }

void *malloc(size_t n) { return fails(ALLOC, NULL) ? NULL : __interceptor_malloc ? __interceptor_malloc(n) : __libc_malloc(n); }
void *calloc(size_t n, size_t size) { return fails(ALLOC, NULL) ? NULL : __interceptor_calloc ? __interceptor_calloc(n, size) : __libc_calloc(n, size); }
void *realloc(void *p, size_t n) { return fails(ALLOC, NULL) ? NULL : __interceptor_realloc ? __interceptor_realloc(p, n) : __libc_realloc(p, n); }
void *aligned_alloc(size_t align, size_t n) { return fails(ALLOC, NULL) ? NULL : aligned(align, n); }

int posix_memalign(void **ret, size_t align, size_t n)
{
    void *p = fails(ALLOC, NULL) ? NULL : aligned(align, n);
    if (!p)
        return ENOMEM;
    *ret = p;
    return 0;
}

void *mmap(void *where, size_t n, int protection, int flags, int fd, off_t offset)
{
    return fails(MAP, NULL) ? MAP_FAILED : (void *)syscall(SYS_mmap, where, n, protection, flags, fd, offset);
}
void *mmap64(void *where, size_t n, int protection, int flags, int fd, off_t offset) { return mmap(where, n, protection, flags, fd, offset); }

/* ---- writes and syncs ---- */

static size_t half(bool is_short, size_t n) { return is_short && n > 1 ? n / 2 : n; }

ssize_t write(int fd, const void *p, size_t n)
{
    bool is_short;
    return fails(WRITE, &is_short) ? -1 : syscall(SYS_write, fd, p, half(is_short, n));
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t offset)
{
    bool is_short;
    return fails(WRITE, &is_short) ? -1 : syscall(SYS_pwrite64, fd, p, half(is_short, n), offset);
}
ssize_t pwrite64(int fd, const void *p, size_t n, off_t offset) { return pwrite(fd, p, n, offset); }

ssize_t writev(int fd, const struct iovec *v, int n)
{
    bool is_short;
    if (fails(WRITE, &is_short))
        return -1;
    if (is_short && n > 0)
        return syscall(SYS_write, fd, v[0].iov_base, half(true, v[0].iov_len));
    return syscall(SYS_writev, fd, v, n);
}

int fsync(int fd) { return fails(SYNC, NULL) ? -1 : (int)syscall(SYS_fsync, fd); }
int fdatasync(int fd) { return fails(SYNC, NULL) ? -1 : (int)syscall(SYS_fdatasync, fd); }

/* ---- names ---- */

static int open_at(int folder, const char *path, int flags, mode_t mode)
{
    return flags & O_CREAT && fails(NAME, NULL) ? -1 : (int)syscall(SYS_openat, folder, path, flags, mode);
}

#define MODE_OF(flags, last)                                                                                                                                                \
    mode_t mode = 0;                                                                                                                                                        \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                                                                                                  \
        va_list more;                                                                                                                                                       \
        va_start(more, last);                                                                                                                                               \
        mode = va_arg(more, mode_t);                                                                                                                                        \
        va_end(more);                                                                                                                                                       \
    }

int open(const char *path, int flags, ...)
{
    MODE_OF(flags, flags)
    return open_at(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    MODE_OF(flags, flags)
    return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    MODE_OF(flags, flags)
    return open_at(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...)
{
    MODE_OF(flags, flags)
    return open_at(folder, path, flags, mode);
}

int rename(const char *from, const char *to) { return fails(NAME, NULL) ? -1 : (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to); }
int renameat(int a, const char *from, int b, const char *to) { return fails(NAME, NULL) ? -1 : (int)syscall(SYS_renameat, a, from, b, to); }
int unlink(const char *path) { return fails(NAME, NULL) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0); }
int unlinkat(int folder, const char *path, int flags) { return fails(NAME, NULL) ? -1 : (int)syscall(SYS_unlinkat, folder, path, flags); }
int ftruncate(int fd, off_t n) { return fails(NAME, NULL) ? -1 : (int)syscall(SYS_ftruncate, fd, n); }
int ftruncate64(int fd, off_t n) { return ftruncate(fd, n); }

/* ---- the standard output ---- */

static ssize_t put(void *cookie, const char *p, size_t n)
{
    size_t done = 0;
    (void)cookie;
    while (done < n) { /* a stream calls again after a short write, as the C library's own does */
        ssize_t wrote = write(STDOUT_FILENO, p + done, n - done);
        if (wrote <= 0)
            return (ssize_t)done; /* less than asked: the stream has failed */
        done += (size_t)wrote;
    }
    return (ssize_t)done;
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("FAILING_CONTROL");
    int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0) : -1;
    if (fd < 0)
        return;
    void *p = (void *)syscall(SYS_mmap, NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (void)syscall(SYS_close, fd);
    if (p == MAP_FAILED)
        _exit(125);
    FILE *out = fopencookie(NULL, "w", (cookie_io_functions_t){.write = put});
    if (!out)
        _exit(125);
    stdout = out;
    control = p;
}
