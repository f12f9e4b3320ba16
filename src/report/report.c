/* report.c: the page around the sections: policy, style, contents, script. See report.h.
 *
 * The frame is not a template, because templates can hold neither style nor script; what is not fixed text in it goes through page_put_str or a template. */
#include "report/files.h"
#include "report/report_hashes.h"
#include "report/report_templates.h"

#include <assert.h>

static const struct {
    struct str id, title;
    section_make *make;
} sections[] = {
    {{"summary", 7}, {"Summary", 7}, section_summary},
    {{"model", 5}, {"What the model weighs", 21}, section_weights},
    {{"pairs", 5}, {"Pairs taken apart", 17}, section_pairs},
    {{"weights-spread", 14}, {"Match weights of all pairs", 26}, section_histogram},
    {{"choose-threshold", 16}, {"Choosing a threshold", 20}, section_threshold},
    {{"blocks", 6}, {"Which pairs are compared", 24}, section_blocking},
    {{"cannot-link", 11}, {"Records that cannot be linked", 29}, section_unlinkables},
    {{"columns", 7}, {"How full the columns are", 24}, section_columns},
    {{"rare-values", 11}, {"What rare values add", 20}, section_frequencies},
    {{"clusters", 8}, {"Clusters to look into", 21}, section_clusters},
};
#define SECTIONS_N (sizeof sections / sizeof *sections)

/* In the order of the file: the policy comes before anything that it governs. */
static const char HEAD[] =
    "<!DOCTYPE html>\n<html lang=\"en\" class=\"govuk-template\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '" REPORT_STYLE_HASH "'; script-src '" REPORT_SCRIPT_HASH "'; "
    "base-uri 'none'; form-action 'none'\">\n"
    "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";

static enum err_code write_all(FILE *out, struct str s, struct err *e)
{
    if (s.n && fwrite(s.p, 1, s.n, out) != s.n)
        return err_set(e, ERR_IO, "writing the report failed");
    return ERR_OK;
}

static enum err_code write_file(FILE *out, const char *name, struct err *e)
{
    struct str s = STR_NONE;
    bool there = report_file(str_of(name), &s);
    assert(there);
    return there ? write_all(out, s, e) : ERR_NOT_FOUND;
}

static enum err_code write_head(const struct report_options *o, FILE *out, struct err *e)
{
    _cleanup_buf_ struct buf b;
    buf_init(&b, LIMIT_PAGE_BYTES);
    (void)buf_z(&b, HEAD); /* a failure is sticky */
    page_put_str(&b, o->title);
    (void)buf_z(&b, " \xE2\x80\x93 linkage report \xE2\x80\x93 Haven</title>\n<style>");
    ERR_TRY(buf_check(&b, "the report", e));
    ERR_TRY(write_all(out, buf_as_str(&b), e));
    ERR_TRY(write_file(out, "report.css", e));
    return write_all(out, STR("</style>\n</head>\n"), e);
}

static enum err_code write_html(FILE *out, struct html h, struct err *e)
{
    ERR_TRY(write_all(out, html_str(h), e));
    return write_all(out, STR("\n"), e);
}

/* Sections are made before anything is written: the contents list names those that have something to say. */
static enum err_code make_sections(const struct gather *g, struct arena *a, struct report_section *list, size_t *ret_n, struct err *e)
{
    size_t n = 0;
    for (size_t i = 0; i < SECTIONS_N; i++) {
        list[n] = (struct report_section){.id = sections[i].id, .title = sections[i].title, .a = a};
        progress_start(g->o->run.progress, "Writing", SECTIONS_N);
        progress_to(g->o->run.progress, i);
        ERR_TRY(sections[i].make(g, &list[n], e));
        n += list[n].n_parts > 0;
    }
    progress_end(g->o->run.progress);
    *ret_n = n;
    return ERR_OK;
}

static enum err_code write_page(const struct report_options *o, const struct report_section *list, size_t n, struct arena *a, FILE *out, struct err *e)
{
    struct report_top top = {.title = o->title, .with_values = o->with_values, .sections = list, .n_sections = n};
    struct html h;
    ERR_TRY(write_head(o, out, e));
    ERR_TRY(write_all(out, STR("<body class=\"govuk-template__body\">\n<a href=\"#main-content\" class=\"govuk-skip-link\">Skip to main content</a>\n"
                               "<div class=\"govuk-width-container\">\n<main class=\"govuk-main-wrapper\" id=\"main-content\" tabindex=\"-1\">\n"), e));
    ERR_TRY(report_top_html(a, &top, &h, e));
    ERR_TRY(write_html(out, h, e));
    for (size_t i = 0; i < n; i++) {
        ERR_TRY(report_section_html(a, &list[i], &h, e));
        ERR_TRY(write_html(out, h, e));
    }
    ERR_TRY(write_all(out, STR("</main>\n</div>\n<script>"), e));
    ERR_TRY(write_file(out, "report.js", e));
    return write_all(out, STR("</script>\n</body>\n</html>\n"), e);
}

enum err_code report_write(const struct report_options *o, struct arena *a, FILE *out, struct err *e)
{
    _cleanup_gather_ struct gather g = {0};
    struct report_section *list = ARENA_NEW(a, struct report_section, SECTIONS_N);
    size_t n;
    if (!list)
        return err_set(e, ERR_NO_MEMORY, "no memory for the report");
    ERR_TRY(gather_run(o, &g, e));
    ERR_TRY(make_sections(&g, a, list, &n, e));
    return write_page(o, list, n, a, out, e);
}
