PIPELINE_SRC := pipeline/fault.c \
  pipeline/item_table.c \
  pipeline/chunk.c \
  pipeline/worker.c \
  pipeline/pool.c
