/* link.c: links CSV files by a model and prints the pairs as CSV, byte for byte as `haven link predict` does (for ids without quotes or commas in them).
 *   cc link.c $(pkg-config --cflags --libs havenlink) -o link && ./link MODEL.json FILE.csv … */
#include <havenlink.h>
#include <stdio.h>

static void print_value(const struct ArrowArray *column, const char *format, int64_t row)
{
    const int32_t *numbers = column->buffers[1]; /* of a text: where it ends */
    if (*format == 'g')
        printf("%.17g", ((const double *)column->buffers[1])[row]);
    else if (*format == 'u')
        printf("%.*s", (int)(numbers[row + 1] - numbers[row]), (const char *)column->buffers[2] + numbers[row]);
    else
        printf("%d", *format == 'c' ? ((const int8_t *)column->buffers[1])[row] : numbers[row]);
}

static int print(struct ArrowArrayStream *pairs)
{
    struct ArrowSchema schema;
    struct ArrowArray batch;
    int failed = pairs->get_schema(pairs, &schema);
    for (int64_t i = 0; !failed && i < schema.n_children; i++)
        printf("%s%c", schema.children[i]->name, i + 1 < schema.n_children ? ',' : '\n');
    while (!failed && !(failed = pairs->get_next(pairs, &batch)) && batch.release) {
        for (int64_t row = 0; row < batch.length; row++)
            for (int64_t i = 0; i < batch.n_children; i++) {
                print_value(batch.children[i], schema.children[i]->format, row);
                putchar(i + 1 < batch.n_children ? ',' : '\n');
            }
        batch.release(&batch);
    }
    if (failed)
        fprintf(stderr, "%s\n", pairs->get_last_error(pairs));
    schema.release(&schema);
    pairs->release(pairs);
    return failed;
}

int main(int argc, char **argv)
{
    havenlink_model *model = NULL;
    havenlink_table *table = NULL;
    havenlink_error error = {0};
    struct ArrowArrayStream pairs;
    int code = argc < 3 ? HAVENLINK_USAGE : havenlink_model_read(argv[1], &model, &error);
    if (!code)
        code = havenlink_table_read_csv((const char *const *)argv + 2, (size_t)argc - 2, 2, &table, &error);
    if (!code)
        code = havenlink_predict_stream(model, table, NULL, &pairs, &error);
    havenlink_table_free(table); /* the stream keeps what it needs */
    havenlink_model_free(model);
    if (code)
        return fprintf(stderr, "%s\n", argc < 3 ? "usage: link MODEL.json FILE.csv …" : error.message), code;
    return print(&pairs);
}
