/* faults.c: see faults.h. */
#include "faults.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int left, seen;
static bool half;

void faults_arm(int n, bool shortly)
{
    left = n;
    seen = 0;
    half = shortly;
}

int faults_seen(void) { return seen; }

static bool now(void)
{
    seen++;
    return left > 0 && --left == 0;
}

static int refuse(int cause)
{
    errno = cause;
    return -1;
}

int __real_open64(const char *path, int flags, mode_t mode);
int __wrap_open64(const char *path, int flags, mode_t mode);
int __wrap_open64(const char *path, int flags, mode_t mode) { return now() ? refuse(EMFILE) : __real_open64(path, flags, mode); }

ssize_t __real_write(int fd, const void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n)
{
    return !now() ? __real_write(fd, p, n) : half ? __real_write(fd, p, n / 2) : refuse(ENOSPC);
}

ssize_t __real_pwrite64(int fd, const void *p, size_t n, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *p, size_t n, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *p, size_t n, off_t at) { return now() ? refuse(ENOSPC) : __real_pwrite64(fd, p, n, at); }

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd) { return now() ? refuse(EIO) : __real_fsync(fd); }

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to) { return now() ? refuse(EACCES) : __real_rename(from, to); }

int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode) { return now() ? refuse(EACCES) : __real_mkdir(path, mode); }

int __real_stat64(const char *path, struct stat *st);
int __wrap_stat64(const char *path, struct stat *st);
int __wrap_stat64(const char *path, struct stat *st) { return now() ? refuse(EACCES) : __real_stat64(path, st); }

int __real_fstat64(int fd, struct stat *st);
int __wrap_fstat64(int fd, struct stat *st);
int __wrap_fstat64(int fd, struct stat *st) { return now() ? refuse(EIO) : __real_fstat64(fd, st); }

int __real_ftruncate64(int fd, off_t n);
int __wrap_ftruncate64(int fd, off_t n);
int __wrap_ftruncate64(int fd, off_t n) { return now() ? refuse(EIO) : __real_ftruncate64(fd, n); }

ssize_t __real_read(int fd, void *p, size_t n);
ssize_t __wrap_read(int fd, void *p, size_t n);
ssize_t __wrap_read(int fd, void *p, size_t n) { return now() ? refuse(EIO) : __real_read(fd, p, n); }

void *__real_sodium_malloc(size_t n);
void *__wrap_sodium_malloc(size_t n);
void *__wrap_sodium_malloc(size_t n) { return now() ? NULL : __real_sodium_malloc(n); }

void *__real_gfshare_ctx_init_enc(unsigned char *numbers, unsigned int n, unsigned char need, unsigned int size);
void *__wrap_gfshare_ctx_init_enc(unsigned char *numbers, unsigned int n, unsigned char need, unsigned int size);
void *__wrap_gfshare_ctx_init_enc(unsigned char *numbers, unsigned int n, unsigned char need, unsigned int size)
{
    return now() ? NULL : __real_gfshare_ctx_init_enc(numbers, n, need, size);
}

void *__real_gfshare_ctx_init_dec(unsigned char *numbers, unsigned int n, unsigned int size);
void *__wrap_gfshare_ctx_init_dec(unsigned char *numbers, unsigned int n, unsigned int size);
void *__wrap_gfshare_ctx_init_dec(unsigned char *numbers, unsigned int n, unsigned int size) { return now() ? NULL : __real_gfshare_ctx_init_dec(numbers, n, size); }
