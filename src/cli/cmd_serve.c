/* cmd_serve.c: `haven serve`. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "web/web.h"

static enum err_code run_serve(struct cli *c, struct err *e)
{
    struct web_options options = {
        .listen = cli_opt(c, "listen"),
        .routes = web_routes,
        .n_routes = web_n_routes,
        .hub = &c->hub,
        .who = c->asking.words,
        .out = c->out,
        .log = cli_has(c, "log") ? stderr : NULL,
    };
    return web_serve(&options, e);
}

const struct cli_command cli_serve[] = {
    {"serve", "", "serve the pages on this computer",
     "Serves until it is stopped (Ctrl-C or SIGTERM). Pages are opened as the user and for the purpose given here, each look recorded;\nonly a loopback address is accepted until people can sign in.",
     (const struct cli_option[]){
         {"listen", "HOST:PORT", "where (default " WEB_LISTEN_DEFAULT ")", false, false},
         {"log", NULL, "write one JSON line a request to stderr", false, false},
         {0}},
     CLI_MAY(view, case) | CLI_ASKS, 0, 0, run_serve},
    {0},
};
