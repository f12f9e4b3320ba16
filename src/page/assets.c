/* assets.c: finding an embedded file. The table itself is made by tools/assets.py. */
#include "page/assets.h"

const struct page_asset *page_asset_find(struct str path)
{
    for (size_t i = 0; i < page_n_assets; i++)
        if (str_eq(url_str(page_assets[i].path), path))
            return &page_assets[i];
    return NULL;
}
