/* link.c: links CSV files by a model and prints the pairs: weight, then the ids (each with its dataset before it when the model has several).
 *   cc link.c $(pkg-config --cflags --libs havenlink) -o link && ./link MODEL.json FILE.csv [FILE.csv …] */
#include <havenlink.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    havenlink_model *model = NULL;
    havenlink_table *table = NULL;
    havenlink_error error = {.message = "usage: link MODEL.json FILE.csv [FILE.csv …]"};
    struct ArrowArrayStream pairs = {0};
    struct ArrowArray batch;
    int failed = argc < 3 || havenlink_model_read(argv[1], &model, &error) || havenlink_table_read_csv((const char *const *)argv + 2, (size_t)argc - 2, 2, &table, &error) ||
                 havenlink_predict_stream(model, table, NULL, &pairs, &error);
    if (failed)
        fprintf(stderr, "%s\n", error.message);
    while (!failed && !(failed = pairs.get_next(&pairs, &batch)) && batch.release) {
        for (int64_t row = 0; row < batch.length; row++) {
            printf("%.17g", ((const double *)batch.children[0]->buffers[1])[row]);
            for (int64_t i = 2; batch.children[i]->n_buffers == 3; i++) { /* the texts behind weight and probability */
                const int32_t *from = batch.children[i]->buffers[1];
                printf(",%.*s", (int)(from[row + 1] - from[row]), (const char *)batch.children[i]->buffers[2] + from[row]);
            }
            putchar('\n');
        }
        batch.release(&batch);
    }
    if (pairs.release && failed)
        fprintf(stderr, "%s\n", pairs.get_last_error(&pairs));
    if (pairs.release)
        pairs.release(&pairs);
    havenlink_table_free(table);
    havenlink_model_free(model);
    return failed != 0;
}
