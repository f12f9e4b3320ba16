/* hub.h: a hub for one test: a store, a vault, a folder for files; and what is currently stated in it, as text. */
#ifndef HAVEN_TESTS_INTAKE_HUB_H
#define HAVEN_TESTS_INTAKE_HUB_H

#include "intake/intake.h"
#include "support/test_store.h"

struct test_hub {
    struct store *s;
    struct vault *v;
    char folder[64];
    char path[128]; /* of the file last written */
};

/* The vault's key is new, or `key_of`'s, so that keyed hashes agree between two hubs. */
void hub_open(struct test_hub *h, struct store *s, const struct test_hub *key_of);
void hub_close(struct test_hub *h);
/* Writes a file into the folder; the path stays until the next. */
const char *hub_file(struct test_hub *h, struct str text);
/* Loads a text through a built-in feed; stops the test when it fails. */
struct load_counts hub_load(struct test_hub *h, const char *feed, struct str text);
/* The error of a load that must fail, and that nothing changed. */
void hub_refuses(struct test_hub *h, const char *feed, struct str text, enum err_code code, const char *message);
/* Every current mention, event and relation by its keys and contents: equal texts mean equal beliefs. Ids, which differ, are left out. */
void hub_beliefs(struct test_hub *h, struct buf *ret);

#endif
