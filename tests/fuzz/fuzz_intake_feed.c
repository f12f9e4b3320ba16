/* Feed definitions. Promises: a refusal has a message and gives no feed; what is accepted has a name, keeps its text, and reads the same again. */
#include "fuzz.h"
#include "intake/intake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct feed *f = NULL, *again = NULL;
    struct err e = {0};
    struct str text = {(const char *)data, size};
    if (feed_parse(text, "feed.json", &f, &e) != ERR_OK) {
        must(f == NULL && e.message[0] != '\0');
        return 0;
    }
    must(feed_name(f).n > 0 && feed_agency_kind(f) != AGENCY_unknown && str_eq(feed_definition(f), text));
    must(feed_parse(feed_definition(f), "feed.json", &again, &e) == ERR_OK && str_eq(feed_name(f), feed_name(again)));
    feed_free(again);
    feed_free(f);
    return 0;
}
