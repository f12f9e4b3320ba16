/* base.h: the ground floor: text slices, arenas, errors, dates, CSV and JSON, limits, progress.
 * It knows nothing of people, agencies or stores. Include this, not its parts. */
#ifndef HAVEN_BASE_BASE_H
#define HAVEN_BASE_BASE_H

#include "base/arena.h"
#include "base/csv.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/progress.h"
#include "base/str.h"
#include "base/text.h"
#include "base/time.h"

#endif
