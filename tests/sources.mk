# Unit tests, one program each, linked with cmocka.
TESTS_UNIT_SRC := \
  tests/unit/test_recipe.c \
  tests/unit/test_geometry.c \
  tests/unit/test_planes.c \
  tests/unit/test_model.c \
  tests/unit/test_emulate.c \
  tests/unit/test_engines.c \
  tests/unit/test_metadata.c \
  tests/unit/test_primaries.c \
  tests/unit/test_webp_chunks.c \
  tests/unit/test_sharpen.c \
  tests/unit/test_caption.c \
  tests/unit/test_sniff.c \
  tests/unit/test_store.c \
  tests/unit/test_image_input.c \
  tests/unit/test_record_log.c \
  tests/unit/test_image_workload.c \
  tests/unit/test_plan.c \
  tests/unit/test_sample.c \
  tests/unit/test_noise.c \
  tests/unit/test_spans.c \
  tests/unit/test_study.c \
  tests/unit/test_sweep.c \
  tests/unit/test_sweep_precision.c \
  tests/unit/test_sweep_weak.c \
  tests/unit/test_trial.c \
  tests/unit/test_manifest.c \
  tests/unit/test_batch.c \
  tests/unit/test_pool.c \
  tests/unit/test_pool_limits.c \
  tests/unit/test_pool_faults.c \
  tests/unit/test_sandbox.c \
  tests/unit/test_item_table.c \
  tests/unit/test_chunk.c \
  tests/unit/test_account.c \
  tests/unit/test_bootstrap.c \
  tests/unit/test_coverage.c \
  tests/unit/test_fit.c \
  tests/unit/test_gate.c \
  tests/unit/test_knee.c \
  tests/unit/test_knee_causes.c \
  tests/unit/test_linear.c \
  tests/unit/test_models.c \
  tests/unit/test_predict.c \
  tests/unit/test_simulate.c \
  tests/unit/test_size_diagnostics.c \
  tests/unit/test_size_regression.c \
  tests/unit/test_stats.c \
  tests/unit/test_dataset_plan.c \
  tests/unit/test_dataset_raster.c \
  tests/unit/test_counters.c \
  tests/unit/test_counter_group.c \
  tests/unit/test_formula.c \
  tests/unit/test_cpu_limit.c \
  tests/unit/test_kernel_stat.c \
  tests/unit/test_pin_plan.c \
  tests/unit/test_run_hooks.c \
  tests/unit/test_topology.c \
  tests/unit/test_options.c
# Helper programs of the other tests and of the benchmarks.
TESTS_PROGRAM_SRC := \
  tests/peers/knee_one.c \
  tests/peers/knee_start.c \
  tests/peers/floor.c \
  tests/bench/attribution.c \
  tests/bench/bootstrap.c \
  tests/bench/pool_noop.c \
  tests/bench/harness_cost.c \
  tests/coverage/coverage.c \
  tests/bench/sandbox_cost.c \
  tests/bench/scale.c \
  $(empty)
# Fuzz targets: `make fuzz` links them with libFuzzer, `make test` with tests/fuzz/replay.c.
TESTS_FUZZ_SRC := \
  tests/fuzz/fuzz_recipe.c \
  tests/fuzz/fuzz_manifest.c \
  tests/fuzz/fuzz_list.c \
  tests/fuzz/fuzz_table.c \
  tests/fuzz/fuzz_study.c \
  tests/fuzz/fuzz_sniff.c \
  tests/fuzz/fuzz_jpeg.c \
  tests/fuzz/fuzz_spans.c \
  tests/fuzz/fuzz_journal.c \
  $(empty)
