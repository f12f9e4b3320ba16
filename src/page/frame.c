/* frame.c: the frame around every page, and requests' fields.
 *
 * The frame's texts and the menu are tables, so that a second language can follow. */
#include "page/page_templates.h"
#include "page/assets.h"

#include <inttypes.h>

/* What the menu offers; a room that gets pages adds its row. */
static const struct {
    struct str text, path;
} menu[] = {
    {{"Review queue", 12}, {"/review", 7}},
};
#define MENU_N (sizeof menu / sizeof *menu)

static bool under(struct str path, struct str top)
{
    return str_eq(path, top) || (str_starts(path, top) && path.p[top.n] == '/');
}

enum err_code page_reply(struct req *r, int status, const struct page_frame *f, struct reply *ret, struct err *e)
{
    struct page_nav_item nav[MENU_N];
    for (size_t i = 0; i < MENU_N; i++)
        nav[i] = (struct page_nav_item){menu[i].text, url_path(r->arena, menu[i].path), under(r->path, menu[i].path)};
    struct page_frame_view view = {
        .title = f->title,
        .icon = page_asset_icon->path,
        .style = page_asset_style->path,
        .back = f->back,
        .nav = nav,
        .n_nav = MENU_N,
        .crumbs = f->crumbs,
        .n_crumbs = f->n_crumbs,
        .main = f->main,
    };
    struct html whole;
    ERR_TRY(page_frame_html(r->arena, &view, &whole, e));
    *ret = (struct reply){.status = status, .content_type = STR("text/html; charset=utf-8"), .body = html_str(whole)};
    return ERR_OK;
}

struct str req_param(const struct req *r, const char *name)
{
    for (size_t i = 0; i < r->n_params; i++)
        if (str_eq(r->params[i].name, str_of(name)))
            return r->params[i].value;
    return STR_NONE;
}

enum err_code req_param_int(const struct req *r, const char *name, int64_t least, int64_t most, int64_t otherwise,
                            int64_t *ret, struct err *e)
{
    struct str s = req_param(r, name);
    int64_t v = otherwise;
    if (s.n && (!str_to_int64(s, &v) || v < least || v > most))
        return err_set(e, ERR_USAGE, "The web address says %s= something that is not a whole number from %" PRId64 " to %" PRId64 ".",
                       name, least, most);
    *ret = v;
    return ERR_OK;
}
