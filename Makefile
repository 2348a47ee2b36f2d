# knee: one entry point. `make help` lists the targets.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

BUILD ?= build$(if $(SAN),-san)
DEVELOPER ?= $(if $(CI),1,)
PREFIX ?= /usr/local
PYTHON := /usr/bin/python3
ifeq ($(origin CC),default)
CC := gcc
endif

# Every .c file of a folder is built: a new one needs no entry here.
sources = $(sort $(shell find $(1) -name '*.c'))
PIPELINE_SRC := $(call sources,pipeline)
ANALYSIS_SRC := $(call sources,analysis)
KNEE_SRC := harness/cli/main.c
HARNESS_SRC := $(filter-out $(KNEE_SRC),$(call sources,harness))
DATASETS_SRC := $(call sources,datasets)

# pkg-config name and the Debian package that brings it
LIBRARIES := vips:libvips-dev libavformat:libavformat-dev libavcodec:libavcodec-dev libavutil:libavutil-dev \
  libswscale:libswscale-dev libcrypto:libssl-dev glib-2.0:libglib2.0-dev fontconfig:libfontconfig-dev \
  libjpeg:libjpeg62-turbo-dev libwebp:libwebp-dev zimg:libzimg-dev libexif:libexif-dev lcms2:liblcms2-dev gsl:libgsl-dev hwloc:libhwloc-dev papi:libpapi-dev sqlite3:libsqlite3-dev jansson:libjansson-dev \
  libseccomp:libseccomp-dev
TEST_LIBRARIES := cmocka:libcmocka-dev libturbojpeg:libturbojpeg0-dev
# libcsv has no pkg-config file.
DEPS_BUILD := make gcc libc6-dev pkg-config libcsv-dev $(foreach l,$(LIBRARIES) $(TEST_LIBRARIES),$(lastword $(subst :, ,$(l))))
DEPS_RUN := ffmpeg fonts-dejavu-core gnuplot-nox python3 python3-matplotlib python3-numpy
DEPS_TEST := python3-pil poppler-utils sqlite3 valgrind coreutils perl libvips-tools imagemagick libjpeg-turbo-progs
DEPS_LINT := graphviz clang libclang-rt-dev clang-format clang-tidy cppcheck shellcheck python3-pyflakes mypy
# What knee is compared with (make peers); sharp comes through npm. Node from elsewhere brings its own npm.
DEPS_PEERS := python3-pil python3-numpy libvips-tools parallel graphicsmagick $(if $(shell command -v npm),,nodejs npm)
DEPS := $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_TEST) $(DEPS_LINT)

# --- flags --------------------------------------------------------------------------------------------------------
# The version of CHANGELOG.md's newest section, and the commit.
VERSION := 0.2.0 ($(shell git describe --always --dirty --exclude='*' 2>/dev/null || echo unknown))
PKGS := $(foreach l,$(LIBRARIES),$(firstword $(subst :, ,$(l))))
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(patsubst -I%,-isystem %,$$(shell pkg-config --cflags $(PKGS))))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PKGS)))$(PKG_LIBS)
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wformat=2
LANGUAGE := -std=c17 -D_GNU_SOURCE -I.
CFLAGS ?= -O2 -g
KNEE_CFLAGS = $(LANGUAGE) $(WARNINGS) $(if $(findstring clang,$(CC)),,-Wno-format-truncation) $(if $(DEVELOPER),-Werror) $(PKG_CFLAGS) $(CFLAGS) \
  $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all)
KNEE_LIBS = $(PKG_LIBS) -lcsv -lm $(if $(SAN),-fsanitize=$(SAN))

# V=1 shows whole commands.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-6s %s\n' $(1) $@)

# --- programs -----------------------------------------------------------------------------------------------------
object = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
LIB_SRC := $(PIPELINE_SRC) $(ANALYSIS_SRC) $(HARNESS_SRC)
PROGRAMS := $(BUILD)/knee $(BUILD)/knee-dataset
# Unit tests, one program each, linked with cmocka; helper programs of the other tests and of the benchmarks;
# fuzz targets, which `make fuzz` links with libFuzzer and `make test` with tests/fuzz/replay.c.
UNIT_TESTS := $(patsubst %.c,$(BUILD)/%,$(call sources,tests/unit))
TEST_PROGRAMS := $(patsubst %.c,$(BUILD)/%,$(call sources,tests/peers tests/bench) tests/coverage/coverage.c)
FUZZ_NAMES := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_REPLAYS := $(addprefix $(BUILD)/tests/fuzz/,$(FUZZ_NAMES))
FUZZERS := $(addprefix $(BUILD)/fuzz/,$(FUZZ_NAMES))

.PHONY: all deps deps-peers dataset sweep report pictures gate baseline bench overhead attribution injections predictions peers coverage fuzz corpus scale test lint format install clean help
all: $(PROGRAMS)

$(BUILD)/knee: $(call object,$(KNEE_SRC)) $(BUILD)/libknee.a
	$(call say,link)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(KNEE_LIBS)

$(BUILD)/knee-dataset: $(call object,$(DATASETS_SRC)) $(BUILD)/libknee.a
	$(call say,link)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(KNEE_LIBS)

$(BUILD)/libknee.a: $(call object,$(LIB_SRC))
	@rm -f $@
	$(call say,ar)
	$(Q)ar rcs $@ $^

# The data set builder is not in the library: its tests are linked with what they test.
$(BUILD)/tests/unit/datasets/test_dataset_plan: $(addprefix $(BUILD)/obj/datasets/,plan.o plan_name.o plan_shape.o)
$(BUILD)/tests/unit/datasets/test_dataset_raster: $(addprefix $(BUILD)/obj/datasets/,grain.o raster.o)
$(UNIT_TESTS): $(BUILD)/%: $(BUILD)/obj/%.o $(BUILD)/libknee.a
	@mkdir -p $(@D)
	$(call say,link)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(KNEE_LIBS) $(shell pkg-config --libs cmocka)

$(BUILD)/tests/peers/floor: KNEE_LIBS += -lturbojpeg

$(TEST_PROGRAMS): $(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(BUILD)/libknee.a
	@mkdir -p $(@D)
	$(call say,link)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(KNEE_LIBS)

$(FUZZ_REPLAYS): $(BUILD)/tests/fuzz/%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(call object,tests/fuzz/replay.c tests/fuzz/fuzz.c) $(BUILD)/libknee.a
	@mkdir -p $(@D)
	$(call say,link)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(KNEE_LIBS)

$(FUZZERS): $(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(call object,tests/fuzz/fuzz.c) $(BUILD)/libknee.a
	@mkdir -p $(@D)
	$(call say,link)
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $(filter %.o,$^) $(filter %.a,$^) $(KNEE_LIBS)

$(BUILD)/tests/coverage/coverage: $(call object,$(filter-out %/coverage.c,$(call sources,tests/coverage)))

$(BUILD)/obj/%.o: %.c $(BUILD)/.libraries $(BUILD)/.flags
	@mkdir -p $(@D)
	$(call say,cc)
	$(Q)$(CC) $(KNEE_CFLAGS) -MMD -MP -c -o $@ $<

# The version is the only thing that changes with every commit: one small object carries it.
$(BUILD)/obj/pipeline/base/version.o: KNEE_CFLAGS += -DKNEE_VERSION='"$(VERSION)"'
$(BUILD)/obj/pipeline/base/version.o: $(BUILD)/.version
$(BUILD)/.version: FORCE
	@mkdir -p $(@D)
	@echo '$(VERSION)' | cmp -s - $@ || echo '$(VERSION)' > $@

# Other flags or another compiler rebuild everything.
$(BUILD)/.flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(CFLAGS) $(SAN) $(DEVELOPER)' | cmp -s - $@ || echo '$(CC) $(CFLAGS) $(SAN) $(DEVELOPER)' > $@

$(BUILD)/.libraries: Makefile
	@mkdir -p $(@D)
	@command -v pkg-config >/dev/null || { echo "knee: pkg-config is missing: run 'make deps'" >&2; exit 1; }
	@missing=; for l in $(LIBRARIES) $(TEST_LIBRARIES); do \
	  pkg-config --exists $${l%%:*} || missing="$$missing $${l##*:}"; done; \
	if [ -n "$$missing" ]; then \
	  echo "knee: missing Debian packages:$$missing: run 'make deps' (or: apt-get install$$missing)" >&2; exit 1; fi
	@touch $@

.PHONY: FORCE
FORCE:

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

# --- data, study, report ------------------------------------------------------------------------------------------
COUNT ?= 1000
MEAN_MB ?= 3.0
SEED ?= 1
PHOTOS ?=
ifeq ($(COUNT)/$(MEAN_MB)/$(SEED)/$(PHOTOS),1000/3.0/1/)
NAME ?= media
else
NAME ?= media-$(COUNT)-$(MEAN_MB)mb-seed$(SEED)$(if $(PHOTOS),-own)
endif
# IN=folder measures your own batch; without it the data set is built first.
IN ?= datasets/$(NAME)
STUDY ?= results/$(notdir $(patsubst %/,%,$(IN)))
BUDGET ?= 6m
# A fixed number keeps studies comparable for the gate; with ITEMS= the budget decides.
ITEMS ?= 64
# After three blocks the rest of the budget goes to the cells that decide the result.
PRECISION ?= 1%
SWEEP_OPTIONS ?=
# Where the machine has fewer cores than REPLAY, the whole batch is replayed with 1 to REPLAY workers; 0: it is not.
REPLAY ?= 16
REPLAY_BUDGET ?= 6m
REPLAYED = $(STUDY)-replayed
# Where it has fewer than EMULATE, a study on emulated cores is made, which the report then shows in its place; 0: none.
EMULATE ?= 0
EMULATE_BUDGET ?= 3m
EMULATE_ITEMS ?= 28
EMULATED = $(STUDY)-emulated$(EMULATE)
BASELINE ?= results/baseline.json
PARALLEL_ALL = +@$(MAKE) --no-print-directory -j$$(nproc) all

dataset:
	$(PARALLEL_ALL)
	@$(if $(PHOTOS),true,datasets/fetch.sh datasets/photos)
	$(BUILD)/knee-dataset --count $(COUNT) --mean-mb $(MEAN_MB) --seed $(SEED) \
	  --photos $(or $(PHOTOS),datasets/photos) --out datasets/$(NAME)

sweep: $(if $(filter file,$(origin IN)),dataset)
	$(PARALLEL_ALL)
	$(BUILD)/knee sweep --study $(STUDY) --budget $(BUDGET) $(if $(ITEMS),--items $(ITEMS)) \
	  $(if $(PRECISION),--precision $(PRECISION)) $(SWEEP_OPTIONS) $(IN)
	@harness/sweep/replayed.sh $(BUILD)/knee $(STUDY) $(REPLAY) $(REPLAY_BUDGET)
	@harness/sweep/emulated.sh $(BUILD)/knee $(STUDY) $(EMULATE) $(EMULATE_BUDGET) $(EMULATE_ITEMS) $(IN)
	@$(BUILD)/knee fit --quiet $(STUDY)
	@$(REPORT)

# With the study on emulated cores, or the replay, where there is one.
REPORT = $(BUILD)/knee report $(OTHER) $(STUDY)
OTHER = $$(if [ -e $(EMULATED)/study.db ]; then echo --emulated $(EMULATED); \
  elif [ -e $(REPLAYED)/fit.json ]; then echo --replayed $(REPLAYED); fi)
report:
	$(PARALLEL_ALL)
	@$(BUILD)/knee fit $(STUDY)
	@$(REPORT)

# The pictures of README and docs: two from a real study, the layers from the includes.
pictures:
	$(PARALLEL_ALL)
	@tests/layers.py --draw docs/images/layers.svg
	@reports/pictures.sh $(BUILD)/knee $(STUDY) docs/images $(OTHER)

gate:
	$(PARALLEL_ALL)
	@$(BUILD)/knee gate --baseline $(BASELINE) $(STUDY)

# Records the present performance of this machine as the baseline of later gates.
baseline:
	$(PARALLEL_ALL)
	@$(BUILD)/knee gate --write-baseline $(BASELINE) $(STUDY)

bench: all $(TEST_PROGRAMS)
	@BUILD=$(BUILD) tests/bench/run.sh

# Overhead of the harness for each number of workers: the same work with and without it; first of items that only wait,
# where 0.1% can be resolved, then of a batch.
OVERHEAD_OPTIONS ?=
OVERHEAD_ROUNDS ?= 5
overhead: all $(BUILD)/tests/bench/harness_cost
	@$(BUILD)/tests/bench/harness_cost $(OVERHEAD_ROUNDS)
	@$(PYTHON) tests/bench/overhead.py $(OVERHEAD_OPTIONS) $(BUILD)/knee $(IN)

# Emulated cores compared with real cores and with the expected times of a synthetic workload.
VALIDITY_OPTIONS ?=
.PHONY: validity
validity: all
	@$(PYTHON) tests/bench/validity.py $(BUILD)/knee $(IN) $(VALIDITY_OPTIONS)

# Predictions and accounts compared with the times measured in the STUDIES (folders).
STUDIES ?= $(STUDY)
PREDICTIONS_OPTIONS ?=
predictions: all
	@$(PYTHON) tests/bench/predictions.py $(PREDICTIONS_OPTIONS) $(BUILD)/knee $(STUDIES)

attribution: $(BUILD)/tests/bench/attribution
	@$<

# The same with real runs. Needs an idle machine.
INJECTIONS_OPTIONS ?=
injections: all
	@/usr/bin/python3 tests/bench/injections.py $(BUILD)/knee $(INJECTIONS_OPTIONS)

# PEERS_IMAGES photographs, each processed PEERS_ROUNDS times by each program; then PEERS_KIND_FILES files of each kind
# of picture by knee and sharp (0: none).
PEERS_IMAGES ?= 20
PEERS_ROUNDS ?= 2
PEERS_KIND_FILES ?= 12
PEERS_OPTIONS ?=
peers: all $(TEST_PROGRAMS)
	@BUILD=$(BUILD) KIND_FILES=$(PEERS_KIND_FILES) DEPS_PEERS='$(DEPS_PEERS)' tests/peers/compare.sh --images $(PEERS_IMAGES) --rounds $(PEERS_ROUNDS) \
	  $(PEERS_OPTIONS) $(IN)

# Do 95% intervals contain the true value in 95% of simulated sweeps? SWEEPS=10000 is the long form.
SWEEPS ?= 2000
coverage: $(BUILD)/tests/coverage/coverage
	@$< $(SWEEPS)

# --- tests and lint -----------------------------------------------------------------------------------------------
test:
	+@$(MAKE) --no-print-directory -j$$(nproc) all test-programs
	@BUILD=$(BUILD) tests/run.sh

# The unit tests with AddressSanitizer and UndefinedBehaviourSanitizer.
.PHONY: test-sanitized
test-sanitized:
	+@$(MAKE) --no-print-directory -j$$(nproc) BUILD=build-san SAN=address,undefined all test-programs
	@BUILD=build-san UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 tests/run.sh \
	  $$(find build-san/tests/unit -name 'test_*' -type f -executable | sort)

.PHONY: test-programs fuzz fuzzers
test-programs: $(UNIT_TESTS) $(TEST_PROGRAMS) $(FUZZ_REPLAYS)

# FUZZ_SECONDS for each target, with new inputs each time; or FUZZ_INPUTS inputs, the same each time.
FUZZ_SECONDS ?= 60
FUZZ_INPUTS ?=
fuzz:
	+@$(MAKE) --no-print-directory -j$$(nproc) BUILD=build-fuzz CC=clang CFLAGS='-O1 -g' \
	  SAN=fuzzer-no-link,address,undefined fuzzers
	@BUILD=build-fuzz FUZZ_SECONDS=$(FUZZ_SECONDS) FUZZ_INPUTS=$(FUZZ_INPUTS) tests/fuzz/run.sh

fuzzers: $(FUZZERS)

.PHONY: fit-speed
# CPU time and memory of knee fit: large tables, and a study of ITEMS_MANY rows of items
fit-speed: all
	@BUILD=$(BUILD) tests/bench/fit_speed.sh $(ITEMS_MANY)

# A million items: memory for each item, and a constant rate.
.PHONY: scale
ITEMS_MANY ?= 1000000
scale: all $(TEST_PROGRAMS)
	@BUILD=$(BUILD) tests/bench/scale.sh $(ITEMS_MANY)

# A long run with damaged items: memory does not grow, no item is lost.
# RUNS=2000 SWEEPS=200: how many are killed. An hour or two.
.PHONY: kills
kills: all
	@BUILD=$(BUILD) RUNS=$(or $(RUNS),2000) SWEEPS=$(or $(SWEEPS),200) tests/kills.sh

.PHONY: soak
soak: all
	@BUILD=$(BUILD) tests/soak.sh

# Every file of CORPUS (or of the samples) through the pipeline under AddressSanitizer and UndefinedBehaviourSanitizer.
.PHONY: corpus
CORPUS ?=
corpus:
	+@$(MAKE) --no-print-directory -j$$(nproc) BUILD=build-san SAN=address,undefined all
	@BUILD=build-san tests/corpus.sh $(CORPUS)

lint:
	@tests/lint.sh

# Flags for the checkers of tests/lint.sh, a line each: language and includes of the libraries; warnings.
.PHONY: print-flags
print-flags:
	@echo '$(LANGUAGE) $(PKG_CFLAGS) $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(foreach l,$(TEST_LIBRARIES),$(firstword $(subst :, ,$(l))))))'
	@echo '$(WARNINGS)'

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

# --- installing ---------------------------------------------------------------------------------------------------
deps:
	@DEPS='$(DEPS)' LIBRARIES='$(LIBRARIES) $(TEST_LIBRARIES)' tests/deps.sh

deps-peers:
	@DEPS='$(DEPS_PEERS)' LIBRARIES='$(LIBRARIES)' tests/deps.sh
ifneq ($(filter deps,$(MAKECMDGOALS)),)
dataset sweep report gate test lint all: deps
endif

SHARE := $(DESTDIR)$(PREFIX)/share/knee
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/pipeline/recipes
	install -m 755 $(BUILD)/knee $(DESTDIR)$(PREFIX)/bin/knee
	install -m 644 pipeline/recipes/* $(SHARE)/pipeline/recipes/
	install -D -m 644 -t $(SHARE)/harness/machine/counters/groups harness/machine/counters/groups/*.group
	cd reports && find . -name '*.py' -o -name '*.gp' | while read -r f; do install -D -m 644 "$$f" "$(SHARE)/reports/$$f"; done

clean:
	rm -rf build build-san build-fuzz

help:
	@echo 'make deps      install what knee needs from Debian packages (root or sudo)'
	@echo 'make all       build build/knee and build/knee-dataset'
	@echo 'make dataset   make the data set: COUNT=1000 MEAN_MB=3.0 SEED=1 PHOTOS=folder'
	@echo 'make sweep     data set, scaling study, curve and report: BUDGET=6m PRECISION=1% REPLAY=16 EMULATE=0 IN=folder STUDY=folder'
	@echo 'make report    fit and report of an existing study: STUDY=folder'
	@echo 'make pictures  docs/images from an existing study, for the README: STUDY=folder'
	@echo 'make gate      compare a study with the committed baseline; make baseline writes it'
	@echo 'make test      every test (FAULTS=300: number of killed runs); make lint: every checker; make bench: performance'
	@echo 'make peers     CPU time per image compared with other programs: PEERS_IMAGES=20 IN=folder; make deps-peers installs them'
	@echo 'make fuzz      fuzz every parser: FUZZ_SECONDS=60 for each'
	@echo 'make validity  emulated cores compared with real cores and with expected times: 6 minutes'
	@echo 'make predictions  predicted and measured times, cell by cell: STUDIES="results/media ..."'
	@echo 'make attribution  causes injected into simulated studies, and what the account attributes to them: a minute'
	@echo 'make injections   the same in real runs of knee synthetic: ten minutes, on an idle machine'
	@echo 'make corpus    every file of CORPUS=folder through the pipeline under sanitizers'
	@echo 'make kills     kill RUNS=2000 runs and SWEEPS=200 sweeps in every way: nothing is lost or left over'
	@echo 'make soak      20,000 small pictures, one in a hundred damaged: memory does not grow'
	@echo 'make fit-speed CPU time and memory of knee fit: large tables, a study of a million rows of items'
	@echo 'make scale     a million items: bytes of memory for each item, and the rate'
	@echo 'make install   PREFIX=/usr/local; make clean'
	@echo 'switches       DEVELOPER=1 (warnings are errors), SAN=address,undefined, CC=clang'
