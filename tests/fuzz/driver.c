/* Runs a fuzz target over the seed files of a folder, as a test: for builds without libFuzzer. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>

#define SEED_BYTES ((size_t)1 << 20)

static bool run_file(const char *folder, const char *name)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    uint8_t *bytes = malloc(SEED_BYTES);
    size_t n = bytes ? fread(bytes, 1, SEED_BYTES, f) : 0;
    (void)fclose(f); /* only read from */
    /* In memory of exactly its size, so that a sanitizer sees a step too far. */
    uint8_t *exact = malloc(n ? n : 1);
    bool ok = bytes && exact;
    if (ok) {
        memcpy(exact, bytes, n);
        (void)LLVMFuzzerTestOneInput(exact, n); /* a broken promise aborts */
    }
    free(exact);
    free(bytes);
    return ok;
}

int main(int argc, char **argv)
{
    DIR *d = argc == 2 ? opendir(argv[1]) : NULL;
    if (!d) {
        (void)fprintf(stderr, "usage: %s FOLDER-OF-SEEDS\n", argv[0]);
        return 2;
    }
    int n = 0, failed = 0;
    for (struct dirent *entry; (entry = readdir(d));) {
        if (entry->d_name[0] == '.')
            continue;
        bool ok = run_file(argv[1], entry->d_name);
        failed += !ok;
        printf("%s %d - %s\n", ok ? "ok" : "not ok", ++n, entry->d_name);
    }
    (void)closedir(d);
    printf("1..%d\n", n);
    return failed || n == 0;
}
