/* bytesearch.c: finds any of many byte strings in files: the tool of the sealed-data test.
 *
 * usage: bytesearch TOKENS FILE...
 *
 * TOKENS holds one token a line in hexadecimal, each 6 bytes or longer. Every position of every file is looked up by its first six bytes in a hash table; equal prefixes are then
 * compared whole. Prints "token-number file offset" for each finding (at most 1,000) and ends with 1 if there was any, else 0. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX_BYTES 6
#define MAX_FINDINGS 1000

struct token {
    unsigned char *p;
    size_t n;
    int64_t next; /* in the same bucket, -1 ends */
};

struct table {
    struct token *tokens;
    size_t n;
    int64_t *buckets;
    uint64_t mask;
    uint8_t *maybe; /* one bit a hash, far more than tokens: most positions stop here */
    uint64_t maybe_mask;
};

static uint64_t prefix_hash(const unsigned char *p)
{
    uint64_t w = 0;
    memcpy(&w, p, PREFIX_BYTES);
    w *= 0x9E3779B97F4A7C15u;
    return w ^ w >> 29;
}

static void die(const char *what, const char *path)
{
    fprintf(stderr, "bytesearch: %s %s: %s\n", what, path, strerror(errno));
    exit(3);
}

static size_t hex_decode(const char *line, unsigned char *to)
{
    size_t n = 0;
    unsigned byte;
    for (; sscanf(line, "%2x", &byte) == 1; line += 2)
        to[n++] = (unsigned char)byte;
    return n;
}

static void tokens_read(struct table *t, const char *path)
{
    FILE *f = fopen(path, "re");
    if (!f)
        die("cannot open", path);
    char line[4096];
    unsigned char bytes[2048];
    size_t cap = 0;
    while (fgets(line, sizeof line, f)) {
        size_t n = hex_decode(line, bytes);
        if (n < PREFIX_BYTES) {
            fprintf(stderr, "bytesearch: token %zu is shorter than %d bytes\n", t->n, PREFIX_BYTES);
            exit(2);
        }
        if (t->n == cap) {
            cap = cap ? cap * 2 : 1024;
            t->tokens = realloc(t->tokens, cap * sizeof *t->tokens);
        }
        unsigned char *copy = t->tokens ? malloc(n) : NULL;
        if (!copy)
            die("out of memory reading", path);
        memcpy(copy, bytes, n);
        t->tokens[t->n++] = (struct token){copy, n, -1};
    }
    fclose(f);
}

static void table_build(struct table *t)
{
    t->mask = 1;
    while (t->mask < t->n * 2)
        t->mask = t->mask * 2;
    t->mask = t->mask * 2 - 1;
    t->maybe_mask = ((uint64_t)1 << 25) - 1; /* 4 MiB of bits */
    t->buckets = malloc((t->mask + 1) * sizeof *t->buckets);
    t->maybe = calloc((t->maybe_mask + 1) / 8, 1);
    if (!t->buckets || !t->maybe)
        die("out of memory", "");
    for (uint64_t i = 0; i <= t->mask; i++)
        t->buckets[i] = -1;
    for (size_t i = 0; i < t->n; i++) {
        uint64_t h = prefix_hash(t->tokens[i].p);
        t->maybe[(h & t->maybe_mask) >> 3] |= (uint8_t)(1u << (h & 7));
        t->tokens[i].next = t->buckets[h & t->mask];
        t->buckets[h & t->mask] = (int64_t)i;
    }
}

static size_t search(const struct table *t, const char *path, const unsigned char *p, size_t n, size_t found)
{
    for (size_t i = 0; i + PREFIX_BYTES <= n; i++) {
        uint64_t h = prefix_hash(p + i);
        if (!(t->maybe[(h & t->maybe_mask) >> 3] & (1u << (h & 7))))
            continue;
        for (int64_t k = t->buckets[h & t->mask]; k >= 0; k = t->tokens[k].next)
            if (t->tokens[k].n <= n - i && memcmp(t->tokens[k].p, p + i, t->tokens[k].n) == 0 && found++ < MAX_FINDINGS)
                printf("%lld %s %zu\n", (long long)k, path, i);
    }
    return found;
}

static void table_free(struct table *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->tokens[i].p);
    free(t->tokens);
    free(t->buckets);
    free(t->maybe);
}

int main(int argc, char **argv)
{
    struct table t = {0};
    size_t found = 0;
    if (argc < 3) {
        fprintf(stderr, "usage: bytesearch TOKENS FILE...\n");
        return 2;
    }
    tokens_read(&t, argv[1]);
    table_build(&t);
    for (int i = 2; i < argc; i++) {
        int fd = open(argv[i], O_RDONLY | O_CLOEXEC);
        struct stat st;
        if (fd < 0 && errno == ENOENT && i > 2)
            continue; /* a database removed it since it was listed: a temporary table's, say */
        if (fd < 0 || fstat(fd, &st) != 0)
            die("cannot open", argv[i]);
        if (st.st_size > 0) {
            void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
            if (p == MAP_FAILED)
                die("cannot map", argv[i]);
            found = search(&t, argv[i], p, (size_t)st.st_size, found);
            (void)munmap(p, (size_t)st.st_size);
        }
        close(fd);
    }
    table_free(&t);
    return found ? 1 : 0;
}
