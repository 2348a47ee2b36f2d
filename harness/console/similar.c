#include "harness/console/similar.h"

#include <string.h>

enum { LENGTH_MOST = 63 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t similar_distance(const char *one, const char *other)
{
    size_t n = strnlen(one, LENGTH_MOST), m = strnlen(other, LENGTH_MOST);
    size_t rows[3][LENGTH_MOST + 1]; /* of the table: this one, and the two before */

    for (size_t j = 0; j <= m; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *row = rows[i % 3], *before = rows[(i + 2) % 3], *two_before = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t replaced = before[j - 1] + (one[i - 1] != other[j - 1]);
            row[j] = least(replaced, least(before[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                row[j] = least(row[j], two_before[j - 2] + 1);
        }
    }
    return rows[n % 3][m];
}

const char *similar_find(const char *word, const char *const *candidates)
{
    size_t length = strlen(word), best = (length + 2) / 3 + 1;
    const char *found = NULL, *longer = NULL;

    for (; *candidates; candidates++) {
        size_t distance = similar_distance(word, *candidates);
        if (distance < best) {
            best = distance;
            found = *candidates;
        }
        if (!longer && length >= 2 && strncmp(word, *candidates, length) == 0)
            longer = *candidates;
    }
    return longer ? longer : found;
}
