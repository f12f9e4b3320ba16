/* Progress: nothing at all where nobody watches; on a terminal one line that is cleared at the end. */
#include "base/base.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

/* Runs some work with stderr being `to`. */
static void work_on(int to, uint64_t total)
{
    int saved = dup(STDERR_FILENO);
    assert_true(saved >= 0 && dup2(to, STDERR_FILENO) >= 0);
    struct progress p;
    progress_start(&p, "Reading police-crime", total);
    p.drawn_s -= 1; /* as if a second had passed */
    progress_to(&p, 500);
    p.drawn_s += 3600; /* however slow this machine is, 600 comes too soon to be drawn */
    progress_to(&p, 600);
    progress_end(&p);
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    (void)close(saved);
}

static void a_pipe_sees_nothing(void **state)
{
    (void)state;
    int fds[2];
    char text[10];
    assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
    work_on(fds[1], 1000);
    assert_int_equal(read(fds[0], text, sizeof text), -1);
    (void)close(fds[0]);
    (void)close(fds[1]);
}

static void see(uint64_t total, const char *want)
{
    int far = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    bool ready = far >= 0 && grantpt(far) == 0 && unlockpt(far) == 0;
    int near = ready ? open(ptsname(far), O_RDWR | O_NOCTTY) : -1;
    if (near < 0)
        skip(); /* a sandbox without terminals */
    work_on(near, total);
    char text[400];
    size_t n = 0;
    /* The kernel carries what is written to the far end in its own time: it is waited for. */
    for (struct pollfd p = {.fd = far, .events = POLLIN}; !str_ends((struct str){text, n}, STR("\r\033[K")) || n == 4;) {
        assert_int_equal(poll(&p, 1, 10000), 1);
        ssize_t got = read(far, text + n, sizeof text - 1 - n);
        assert_true(got > 0);
        n += (size_t)got;
    }
    text[n] = '\0';
    assert_ptr_equal(strstr(text, want), text);
    assert_ptr_equal(strstr(text + 1, "\r\033[K"), text + n - 4); /* drawn once, then cleared */
    (void)close(near);
    (void)close(far);
}

static void a_terminal_sees_a_bar(void **state)
{
    (void)state;
    see(1000, "\r\033[KReading police-crime  [############            ]  50%");
}

static void without_a_total_it_counts(void **state)
{
    (void)state;
    see(0, "\r\033[KReading police-crime  500  ");
}

static bool up_to_two(void *ctx, const struct progress *p)
{
    assert_string_equal(p->stage, "Comparing");
    ++*(int *)ctx;
    return p->done < 2;
}

static void whoever_started_it_may_stop_it(void **state)
{
    (void)state;
    int asked = 0;
    struct progress p = {.quiet = true, .goes_on = up_to_two, .ctx = &asked};
    progress_start(&p, "Comparing", 3);
    assert_true(progress_to(&p, 1));
    assert_false(progress_to(&p, 2));
    assert_false(progress_to(&p, 3)); /* not asked again */
    progress_end(&p);
    progress_start(&p, "Comparing", 3); /* a later stage of the same work */
    assert_false(progress_to(&p, 1));
    assert_int_equal(asked, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pipe_sees_nothing),
        cmocka_unit_test(a_terminal_sees_a_bar),
        cmocka_unit_test(without_a_total_it_counts),
        cmocka_unit_test(whoever_started_it_may_stop_it),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
