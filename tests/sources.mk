# Unit tests, one program each, linked with cmocka.
TESTS_UNIT_SRC := \
  tests/unit/test_options.c
# Helper programs of the other tests and of the benchmarks.
TESTS_PROGRAM_SRC := \
  $(empty)
