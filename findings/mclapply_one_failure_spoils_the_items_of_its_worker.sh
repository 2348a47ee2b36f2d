#!/bin/bash
# R: with mclapply() one item that fails takes the results of all items of its worker with it.
#
# Expected: mclapply(items, work, mc.cores = n), the parallel form of lapply(), returns a result for each item, and for
#   one that failed an object of class "try-error": one for one.
# Seen: items are dealt to the workers before the start, in turn, and a worker that meets an error returns nothing else.
#   Of 8 items of which the third fails 2 workers return 4 errors, for items 1, 3, 5 and 7, all with the text of item 3,
#   and 4 workers return 2. The results of items that were done before it are lost as well; a warning says that "all
#   values of the job will be affected". mc.preschedule = FALSE, one process for each item, returns one error.
#     2 workers: E.E.E.E.   4 workers: ..E...E.   2 workers, mc.preschedule = FALSE: ..E.....
# Why it matters: how many items a batch loses to one damaged picture depends on the number of workers, and is largest
#   with few: a sweep compares runs that did not do the same work, and the list of failed items names good ones.
# Packages: Debian 12 r-base-core 4.2.2.20221110-2 (other libraries of an installed R).
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root r-base-core=4.2.2.20221110-2
dpkg -x ./*.deb root
export R_HOME=$work/root/usr/lib/R
cp --remove-destination "$R_HOME/etc/Renviron.ucf" "$R_HOME/etc/Renviron" # what its installation does
export LD_LIBRARY_PATH=$R_HOME/lib

cat > batch.R <<'R'
library(parallel)

item <- function(number) {
    if (number == 3) stop("item 3 is damaged")
    number
}
failed <- function(...) {
    results <- suppressWarnings(mclapply(1:8, item, ...))
    cat(ifelse(sapply(results, class) == "try-error", "E", "."), "\n", sep = "")
}
failed(mc.cores = 2)
failed(mc.cores = 4)
failed(mc.cores = 2, mc.preschedule = FALSE)
R
"$R_HOME/bin/exec/R" --vanilla --no-echo -f batch.R > said
cat said
[ "$(paste -sd ' ' said)" = "E.E.E.E. ..E...E. ..E....." ]
