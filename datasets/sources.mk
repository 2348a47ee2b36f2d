DATASETS_SRC := datasets/build.c
