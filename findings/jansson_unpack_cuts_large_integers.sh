#!/bin/bash
# jansson: json_unpack() with "i" cuts integers to 32 bits, says success, and 5000000000 is 705032704.
#
# Expected: json_unpack() is the checked way to read JSON ("validates and extracts"): a real or a string where "i" asks
#   for an int is an error, with a text, and so is an integer that fits into no int. The parser, too, refuses integers
#   above 63 bits ("too big integer").
# Seen: "i" converts json_int_t, 64 bits, to int without a look at the value, and returns 0. JSON_STRICT and
#   JSON_VALIDATE_ONLY change nothing. Only "I", with a json_int_t, has the number.
#     "i": 2147483647 status 0   2147483648 status 0 as -2147483648   5000000000 status 0 as 705032704   1.5 status -1
#     "I": 5000000000 status 0
# Why it matters: results of benchmarks are JSON with bytes and nanoseconds in whole numbers; 2^31 ns are 2.1 s. Short
#   trials are read right, so the importer passes its tests; of longer ones times come out too short or negative, and
#   a speedup made of them is any number.
# Packages: Debian 12 libjansson4 and libjansson-dev 2.14-2, with gcc of Debian 12.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root libjansson4=2.14-2 libjansson-dev=2.14-2
for package in *.deb; do
    dpkg -x "$package" root
done

cat > unpack.c <<'C'
#include <jansson.h>
#include <stdio.h>

int main(void)
{
    static const char *const texts[] = {"[2147483647]", "[2147483648]", "[5000000000]", "[1.5]"};

    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_error_t error;
        json_t *list = json_loads(texts[i], 0, &error);
        int narrow = 0;
        json_int_t wide = 0;
        int status = json_unpack(list, "[i]", &narrow);
        int strict = json_unpack_ex(list, &error, JSON_STRICT, "[i]", &narrow);
        int valid = json_unpack_ex(list, &error, JSON_VALIDATE_ONLY, "[i]");
        int wide_status = json_unpack(list, "[I]", &wide);

        printf("%s: i %d (strict %d, validate only %d) %d, I %d %lld\n", texts[i], status, strict, valid, narrow,
               wide_status, (long long)wide);
        json_decref(list);
    }
    return 0;
}
C
export LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu
gcc -I root/usr/include -o unpack unpack.c "$LD_LIBRARY_PATH/libjansson.so.4"
./unpack | tee found
cmp -s found - <<'END'
[2147483647]: i 0 (strict 0, validate only 0) 2147483647, I 0 2147483647
[2147483648]: i 0 (strict 0, validate only 0) -2147483648, I 0 2147483648
[5000000000]: i 0 (strict 0, validate only 0) 705032704, I 0 5000000000
[1.5]: i -1 (strict -1, validate only -1) 0, I -1 0
END
