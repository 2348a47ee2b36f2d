HARNESS_SRC := harness/message.c \
  harness/options.c \
  harness/paths.c \
  harness/version.c
