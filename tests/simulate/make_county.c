/* make_county.c: `make_county PEOPLE SEED NOISE DIR`: the simulation alone, for the checks in Python. */
#include "simulate/simulate.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    if (argc != 5) {
        (void)fprintf(stderr, "usage: make_county PEOPLE SEED NOISE DIR\n");
        return 2;
    }
    struct simulate_options o = {.people = (uint32_t)strtoul(argv[1], NULL, 10),
                                 .seed = strtoull(argv[2], NULL, 10),
                                 .noise = strtod(argv[3], NULL)};
    struct simulate_counts n;
    struct err e;
    enum err_code code = simulate_run(&o, argv[4], &n, &e);
    if (code != ERR_OK) {
        (void)fprintf(stderr, "make_county: %s\n", e.message);
        return err_exit_status(code);
    }
    uint64_t total = 0;
    for (int i = 0; simulate_feeds[i]; i++)
        total += n.rows[i];
    printf("%llu people, %llu rows, %llu mentions, %llu histories, %llu occasions\n", (unsigned long long)n.people,
           (unsigned long long)total, (unsigned long long)n.mentions, (unsigned long long)n.pairs,
           (unsigned long long)n.occasions);
    return 0;
}
