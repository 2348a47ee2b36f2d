HARNESS_SRC := harness/message.c harness/options.c
