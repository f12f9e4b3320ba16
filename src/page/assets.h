/* assets.h: the embedded files, as tools/assets.py lists them. Private to the room. */
#ifndef HAVEN_PAGE_ASSETS_H
#define HAVEN_PAGE_ASSETS_H

#include "page/page.h"

extern const struct page_asset page_assets[];
extern const size_t page_n_assets;
extern const struct page_asset *const page_asset_style, *const page_asset_icon;

#endif
