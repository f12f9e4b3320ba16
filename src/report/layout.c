/* layout.c: see layout.h. */
#include "report/layout.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define STEPS 200
#define MARGIN 18.0

static void push_apart(size_t n, double (*at)[2], double (*force)[2], double k)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            double dx = at[i][0] - at[j][0], dy = at[i][1] - at[j][1], d2 = dx * dx + dy * dy + 1e-6, f = k * k / d2;
            force[i][0] += dx * f;
            force[i][1] += dy * f;
            force[j][0] -= dx * f;
            force[j][1] -= dy * f;
        }
}

static void pull_together(const struct layout_link *links, size_t n_links, double (*at)[2], double (*force)[2], double k)
{
    for (size_t i = 0; i < n_links; i++) {
        int a = links[i].a, b = links[i].b;
        double dx = at[a][0] - at[b][0], dy = at[a][1] - at[b][1], f = sqrt(dx * dx + dy * dy) / k;
        force[a][0] -= dx * f;
        force[a][1] -= dy * f;
        force[b][0] += dx * f;
        force[b][1] += dy * f;
    }
}

static void fill(size_t n, double (*at)[2])
{
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY}, size[2] = {LAYOUT_WIDTH, LAYOUT_HEIGHT};
    for (size_t i = 0; i < n; i++)
        for (int d = 0; d < 2; d++) {
            low[d] = fmin(low[d], at[i][d]);
            high[d] = fmax(high[d], at[i][d]);
        }
    for (size_t i = 0; i < n; i++)
        for (int d = 0; d < 2; d++) {
            double span = high[d] - low[d];
            at[i][d] = span < 1e-3 ? size[d] / 2 : MARGIN + (at[i][d] - low[d]) / span * (size[d] - 2 * MARGIN);
        }
}

void layout_place(size_t n, const struct layout_link *links, size_t n_links, double (*ret)[2])
{
    assert(n > 0 && n <= LAYOUT_MOST);
    double k = sqrt(1.0 / (double)n), force[LAYOUT_MOST][2];
    for (size_t i = 0; i < n; i++) {
        double angle = 6.283185307179586 * (double)i / (double)n;
        ret[i][0] = cos(angle);
        ret[i][1] = sin(angle);
    }
    for (int step = 0; step < STEPS; step++) {
        double most = 0.2 * (1 - (double)step / STEPS); /* cools down */
        memset(force, 0, sizeof force);
        push_apart(n, ret, force, k);
        pull_together(links, n_links, ret, force, k);
        for (size_t i = 0; i < n; i++) {
            double length = sqrt(force[i][0] * force[i][0] + force[i][1] * force[i][1]), scale = length > most ? most / length : 1;
            ret[i][0] += force[i][0] * scale;
            ret[i][1] += force[i][1] * scale;
        }
    }
    fill(n, ret);
}
