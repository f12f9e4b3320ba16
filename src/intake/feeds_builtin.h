/* feeds_builtin.h: the texts of feeds/, in the order of feed_builtin_names. tools/feedgen.py makes the C file. */
#ifndef HAVEN_INTAKE_FEEDS_BUILTIN_H
#define HAVEN_INTAKE_FEEDS_BUILTIN_H

#include "base/base.h"

extern const struct str feed_builtin_texts[];

#endif
