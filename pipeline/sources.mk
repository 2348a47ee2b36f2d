PIPELINE_SRC := pipeline/fault.c \
  pipeline/fault_point.c \
  pipeline/item_table.c \
  pipeline/chunk.c \
  pipeline/worker.c \
  pipeline/pool.c \
  pipeline/pool_slots.c \
  pipeline/pool_reap.c \
  pipeline/serial.c \
  pipeline/batch.c \
  pipeline/manifest.c \
  pipeline/recipe.c \
  pipeline/recipe_values.c \
  pipeline/geometry.c \
  pipeline/sniff.c \
  pipeline/overlay.c \
  pipeline/poster.c \
  pipeline/colour_profile.c \
  pipeline/blend.c \
  pipeline/planes.c \
  pipeline/plane_scaler.c \
  pipeline/jpeg_trap.c \
  pipeline/jpeg_reader.c \
  pipeline/jpeg_writer.c \
  pipeline/engine_planes.c \
  pipeline/engine_vips.c \
  pipeline/store.c \
  pipeline/image_workload.c
