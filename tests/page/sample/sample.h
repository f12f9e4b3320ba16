/* sample.h: a struct with a field of every kind, for the tests of the templates. */
#ifndef HAVEN_TESTS_PAGE_SAMPLE_H
#define HAVEN_TESTS_PAGE_SAMPLE_H

#include "page/page.h"

struct sample_item {
    struct str name;
    bool marked;
    const struct str *tags;
    size_t n_tags;
};
struct sample {
    struct str text, attribute, fragment, empty;
    struct url href;
    struct html inside;
    struct page_tag tag;
    int64_t number;
    bool yes, no;
    const struct sample_item *items;
    size_t n_items;
};

#endif
