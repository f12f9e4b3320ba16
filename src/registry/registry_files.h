/* registry_files.h: the lists that this room carries with it (reference/), by name; private to the room. */
#ifndef HAVEN_REGISTRY_REGISTRY_FILES_H
#define HAVEN_REGISTRY_REGISTRY_FILES_H

#include "base/str.h"

bool registry_file(struct str name, struct str *ret);

#endif
