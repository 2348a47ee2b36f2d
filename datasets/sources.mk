# The data set builder: one program, build/knee-dataset.
DATASETS_SRC := \
  datasets/aim.c \
  datasets/batch.c \
  datasets/build.c \
  datasets/clip.c \
  datasets/describe.c \
  datasets/draw.c \
  datasets/encode.c \
  datasets/exif.c \
  datasets/grain.c \
  datasets/item.c \
  datasets/journal.c \
  datasets/photo.c \
  datasets/plan.c \
  datasets/plan_name.c \
  datasets/plan_shape.c \
  datasets/raster.c \
  datasets/sources.c

# None of this is in the library: tests are linked with what they test.
$(BUILD)/tests/test_dataset_plan: $(addprefix $(BUILD)/obj/datasets/,plan.o plan_name.o plan_shape.o)
$(BUILD)/tests/test_dataset_raster: $(addprefix $(BUILD)/obj/datasets/,grain.o raster.o)
