/* loop [LENGTH]: a loop divided among OpenMP's threads, with a serial tenth. They live $HOLD seconds longer. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static double work(long from, long to)
{
    double sum = 0;

    for (long i = from; i < to; i++)
        sum += sqrt((double)i);
    return sum;
}

int main(int argc, char **argv)
{
    const long scale = argc > 1 ? atol(argv[1]) : 1000000;
    double sum = work(0, 8 * scale);

#pragma omp parallel for reduction(+ : sum) schedule(dynamic)
    for (long part = 0; part < 72; part++)
        sum += work(part * scale, (part + 1) * scale);
    if (getenv("HOLD"))
        sleep((unsigned)atoi(getenv("HOLD")));
    printf("%.0f\n", sum);
    return 0;
}
