/* What a fuzzer gives. A broken promise is an abort: `must(condition)`, which stays in every build. */
#ifndef HAVEN_TESTS_FUZZ_H
#define HAVEN_TESTS_FUZZ_H

#include "base/base.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define must(condition)      \
    do {                     \
        if (!(condition))    \
            abort();         \
    } while (0)

#endif
