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
# nproc prints these, which a user sets for other programs, instead of the number of CPUs.
unexport OMP_NUM_THREADS OMP_THREAD_LIMIT

# Every .c file of a folder is built: a new one needs no entry here.
sources = $(sort $(shell find $(1) -name '*.c'))
PIPELINE_SRC := $(call sources,pipeline)
ANALYSIS_SRC := $(call sources,analysis)
KNEE_SRC := harness/cli/main.c
# A program of its own, which becomes a part of knee (harness/trial/trial_starter.h).
STARTER_SRC := harness/trial/starter/starter.c
# In place of main.c and of the image pipeline, for machines without its libraries.
WITHOUT_IMAGES_SRC := harness/cli/without_images.c harness/sweep/subjects/without_images.c
HARNESS_SRC := $(filter-out $(KNEE_SRC) $(STARTER_SRC) $(WITHOUT_IMAGES_SRC),$(call sources,harness))
DATASETS_SRC := $(call sources,datasets)

# pkg-config name and the Debian package that brings it
LIBRARIES := vips:libvips-dev libavformat:libavformat-dev libavcodec:libavcodec-dev libavutil:libavutil-dev \
  libswscale:libswscale-dev libcrypto:libssl-dev glib-2.0:libglib2.0-dev fontconfig:libfontconfig-dev \
  gmodule-no-export-2.0:libglib2.0-dev libjpeg:libjpeg62-turbo-dev libopenjp2:libopenjp2-7-dev \
  libtiff-4:libtiff-dev libwebp:libwebp-dev libjxl:libjxl-dev \
  zimg:libzimg-dev libisal:libisal-dev libexif:libexif-dev lcms2:liblcms2-dev gsl:libgsl-dev hwloc:libhwloc-dev papi:libpapi-dev \
  sqlite3:libsqlite3-dev jansson:libjansson-dev libseccomp:libseccomp-dev
# What the harness alone is linked with.
HARNESS_LIBRARIES := glib-2.0 gsl hwloc papi sqlite3 jansson libcrypto libseccomp
TEST_LIBRARIES := cmocka:libcmocka-dev libturbojpeg:libturbojpeg0-dev
# libcsv has no pkg-config file.
DEPS_BUILD := make gcc libc6-dev pkg-config libcsv-dev $(foreach l,$(LIBRARIES) $(TEST_LIBRARIES),$(lastword $(subst :, ,$(l))))
DEPS_RUN := ffmpeg fonts-dejavu-core gnuplot-nox python3 python3-matplotlib python3-numpy python3-pikepdf
DEPS_TEST := groff-base zsh python3-pil python3-jsonschema python3-scipy poppler-utils sqlite3 valgrind coreutils perl \
  libvips-tools imagemagick libjpeg-turbo-progs libjxl-tools libavif-bin exiv2 hyperfine libbenchmark-tools \
  python3-markdown python3-pylatexenc python3-altair python3-prometheus-client python3-yaml xz-utils zstd pigz
DEPS_LINT := graphviz clang libclang-rt-dev clang-format clang-tidy cppcheck shellcheck python3-pyflakes mypy
# Node from elsewhere brings its own npm.
NODE := $(if $(shell command -v npm),,nodejs npm)
# What knee is compared with (make peers); sharp comes through npm.
DEPS_PEERS := python3-pil python3-numpy libvips-tools parallel graphicsmagick $(NODE)
# What tests/foreign/ runs: each of its programs names its packages.
DEPS_FOREIGN = $(NODE) $(shell PYTHONPATH=tests PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m foreign.run --packages)
DEPS_DEB := dpkg-dev debhelper fakeroot lintian libvips-tools
# What tests/cluster/ needs (make test-cluster): Slurm and its authentication, GNU parallel and ssh, 25 MB.
DEPS_CLUSTER := iproute2 util-linux munge openssh-client openssh-server parallel slurm-client slurmctld slurmd
# What loads the exports that no Debian package of DEPS_TEST reads (tests/e2e/export_formats.t): TeX, 210 MB, and
# Chrome's trace engine, which comes through npm.
DEPS_FORMATS := texlive-latex-base $(NODE)
# What the browser test of the report's page needs, 400 MB; axe-core comes through npm.
DEPS_BROWSER := chromium chromium-driver python3-selenium $(NODE)
DEPS := $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_TEST) $(DEPS_LINT)

# --- flags --------------------------------------------------------------------------------------------------------
# The version of CHANGELOG.md's newest section, and the commit.
VERSION := 0.2.0 ($(shell git describe --always --dirty --exclude='*' 2>/dev/null || echo unknown))
VERSION_DATE := $(shell git log -1 --format=%cs 2>/dev/null)
PKGS := $(foreach l,$(LIBRARIES),$(firstword $(subst :, ,$(l))))
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(patsubst -I%,-isystem %,$$(shell pkg-config --cflags $(PKGS))))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PKGS)))$(PKG_LIBS)
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wformat=2
LANGUAGE := -std=c17 -D_GNU_SOURCE -I.
CFLAGS ?= -O2 -g
KNEE_CFLAGS = $(LANGUAGE) $(WARNINGS) $(if $(findstring clang,$(CC)),,-Wno-format-truncation) $(if $(DEVELOPER),-Werror) $(PKG_CFLAGS) $(CFLAGS) \
  $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all)
# Functions of libraries are found once at the start, not by every worker at its first call (a third of its page faults),
# and the table of their addresses is read-only afterwards.
BIND_NOW := -Wl,-z,relro,-z,now
KNEE_LIBS = $(BIND_NOW) $(PKG_LIBS) -lcsv -lm $(if $(SAN),-fsanitize=$(SAN))

# V=1 shows whole commands.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-6s %s\n' $(1) $@)

# --- programs -----------------------------------------------------------------------------------------------------
object = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
LIB_SRC := $(PIPELINE_SRC) $(ANALYSIS_SRC) $(HARNESS_SRC)
PROGRAMS := $(BUILD)/knee $(BUILD)/without-images/knee $(BUILD)/knee-dataset
# Unit tests, one program each, linked with cmocka; helper programs of the other tests and of the benchmarks;
# fuzz targets, which `make fuzz` links with libFuzzer and `make test` with tests/fuzz/replay.c.
UNIT_TESTS := $(patsubst %.c,$(BUILD)/%,$(call sources,tests/unit))
TEST_PROGRAMS := $(patsubst %.c,$(BUILD)/%,$(call sources,tests/peers tests/bench) tests/coverage/coverage.c tests/power/gate_power.c)
FUZZ_NAMES := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_REPLAYS := $(addprefix $(BUILD)/tests/fuzz/,$(FUZZ_NAMES))
FUZZERS := $(addprefix $(BUILD)/fuzz/,$(FUZZ_NAMES))

.PHONY: all deps deps-peers dataset sweep report pictures gate baseline bench overhead attribution injections predictions peers coverage fuzz corpus scale test lint format install uninstall clean help
all: $(PROGRAMS)

$(BUILD)/knee: $(call object,$(KNEE_SRC)) $(BUILD)/libknee.a
	$(call say,link)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(KNEE_LIBS)

$(BUILD)/without-images/knee: $(call object,$(WITHOUT_IMAGES_SRC)) $(BUILD)/libknee.a
	@mkdir -p $(@D)
	$(call say,link)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(BIND_NOW) $(shell pkg-config --libs $(HARNESS_LIBRARIES)) -lcsv -lm $(if $(SAN),-fsanitize=$(SAN))

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

# The simulated gates of make gate-power are a unit test too.
$(BUILD)/tests/power/gate_power $(BUILD)/tests/unit/analysis/test_decision: $(call object,tests/power/gate_sim.c)

$(BUILD)/obj/%.o: %.c $(BUILD)/.libraries $(BUILD)/.flags
	@mkdir -p $(@D)
	$(call say,cc)
	$(Q)$(CC) $(KNEE_CFLAGS) -MMD -MP -c -o $@ $<

# The version is the only thing that changes with every commit: one small object carries it.
$(BUILD)/obj/pipeline/base/version.o: KNEE_CFLAGS += -DKNEE_VERSION='"$(VERSION)"' -DKNEE_DATE='"$(VERSION_DATE)"'
$(BUILD)/obj/pipeline/base/version.o: $(BUILD)/.version
$(BUILD)/.version: FORCE
	@mkdir -p $(@D)
	@echo '$(VERSION)' | cmp -s - $@ || echo '$(VERSION)' > $@

$(BUILD)/starter: $(STARTER_SRC) $(wildcard $(dir $(STARTER_SRC))*.h) $(BUILD)/.flags
	$(call say,static)
	$(Q)$(CC) $(LANGUAGE) $(WARNINGS) $(if $(DEVELOPER),-Werror) -O2 -static -s -o $@ $<
$(BUILD)/obj/harness/trial/trial_starter.o: KNEE_CFLAGS += -DSTARTER_PROGRAM='"$(BUILD)/starter"'
$(BUILD)/obj/harness/trial/trial_starter.o: $(BUILD)/starter

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
# Where it has fewer than EMULATE, a study on emulated cores is made, which the curve shows too; 0: none. All of it is
# planned for 20 minutes on 2 cores: 4 for the data set, 6 for the study, 6 for the replay, 3 for the emulation.
EMULATE ?= 16
EMULATE_BUDGET ?= 3m
# A multiple of EMULATE, or some workers have no work in the end, whatever items are drawn.
EMULATE_ITEMS ?= 32
EMULATED = $(STUDY)-emulated$(EMULATE)
# Other programs on the same photographs (make compare), in the report where it is there.
COMPARED = $(STUDY)-compared
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
	@$(BUILD)/knee fit --quiet $(OTHER) $(STUDY)
	@$(REPORT)
	@$(BUILD)/knee report --terminal $(OTHER) $(STUDY)

# With the replay and the study on emulated cores, where there are any that count, and with other programs.
REPORT = $(BUILD)/knee report $(OTHER) $(OTHER_PROGRAMS) $(STUDY)
OTHER_PROGRAMS = $$([ ! -e $(COMPARED)/compare.json ] || echo --compared $(COMPARED)/compare.json)
OTHER = $$([ ! -e $(REPLAYED)/fit.json ] || echo --replayed $(REPLAYED); \
  [ ! -e $(EMULATED)/fit.json ] || echo --emulated $(EMULATED))
report:
	$(PARALLEL_ALL)
	@$(BUILD)/knee fit $(OTHER) $(STUDY)
	@$(REPORT)

# The pictures of README and docs: two from a real study, the layers from the includes.
pictures:
	$(PARALLEL_ALL)
	@tests/layers.py --draw docs/images/layers.svg
	@reports/pictures.sh $(BUILD)/knee $(STUDY) docs/images $(OTHER)

# The example of the documentation, from a real study.
.PHONY: example
example:
	$(PARALLEL_ALL)
	@reports/example.sh $(BUILD)/knee $(STUDY) docs/example $(OTHER)

# Two builds in pairs with BASE=COMMIT, which is built in a worktree; else the study against the baseline. make turns 1,
# 3 and 4 into 2: $(BUILD)/gate.code has the code of knee gate, and tests/gate.sh exits with it.
BASE ?=
GATE_OPTIONS ?=
gate:
	$(PARALLEL_ALL)
	@$(if $(BASE),BUILD=$(BUILD) tests/gate.sh $(BASE) "$(if $(filter file,$(origin IN)),,$(IN))" $(GATE_OPTIONS),\
	  $(BUILD)/knee gate $(GATE_OPTIONS) --baseline $(BASELINE) $(STUDY)); code=$$?; echo $$code >$(BUILD)/gate.code; exit $$code

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

# The same in replays: with 16 workers, of programs that were measured with 1 and 2.
.PHONY: replay-injections
replay-injections: all
	@$(PYTHON) tests/bench/replay_injections.py $(BUILD)/knee $(INJECTIONS_OPTIONS)

# What is predicted for more workers than cores, held against what can be measured on two: contention, replay, emulated
# cores. It can be stopped, and goes on where it was; without IN=folder it makes its pictures from photographs.
.PHONY: contention
CONTENTION_OPTIONS ?=
CONTENTION = $(BUILD)/contention
contention: all
ifeq ($(origin IN),file)
	@$(if $(PHOTOS),true,datasets/fetch.sh datasets/photos)
	@$(BUILD)/knee-dataset --count 96 --mean-mb 1.5 --photos $(or $(PHOTOS),datasets/photos) --out $(CONTENTION)/pictures
endif
	@$(PYTHON) tests/bench/contention.py $(BUILD)/knee $(if $(filter file,$(origin IN)),$(CONTENTION)/pictures,$(IN)) $(CONTENTION) \
	  $(CONTENTION_OPTIONS)

# PEERS_IMAGES photographs, each processed PEERS_ROUNDS times by each program; then PEERS_KIND_FILES files of each kind
# of picture by knee and sharp (0: none).
PEERS_IMAGES ?= 20
PEERS_ROUNDS ?= 2
PEERS_KIND_FILES ?= 12
PEERS_OPTIONS ?=
peers: all $(TEST_PROGRAMS)
	@BUILD=$(BUILD) KIND_FILES=$(PEERS_KIND_FILES) DEPS_PEERS='$(DEPS_PEERS)' tests/peers/compare.sh --images $(PEERS_IMAGES) --rounds $(PEERS_ROUNDS) \
	  $(PEERS_OPTIONS) $(IN)

# The pipeline in Python, serial and as a pool, knee run and sharp: COMPARE_IMAGES photographs, each program with 1 to
# 16 workers in each of COMPARE_BLOCKS blocks; beyond the cores of this machine they are emulated.
.PHONY: compare
COMPARE_IMAGES ?= 24
COMPARE_BLOCKS ?= 5
COMPARE_OPTIONS ?=
compare: all
	@PYTHONPATH=tests:reports PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m compare.compare --knee $(BUILD)/knee \
	  --modules $(BUILD)/peers --sharp-missing "$$(tests/peers/install_sharp.sh $(BUILD)/peers)" --out $(COMPARED) \
	  --images $(COMPARE_IMAGES) --blocks $(COMPARE_BLOCKS) $(COMPARE_OPTIONS) $(IN)

# Sweeps of third-party programs, compared with known facts; FOREIGN="xz pigz": these only. Five minutes;
# FOREIGN_OPTIONS='--emulate 8' also sweeps some of them on emulated cores, ten more.
.PHONY: foreign deps-foreign
FOREIGN ?=
FOREIGN_OPTIONS ?=
foreign: all
ifeq ($(or $(findstring sharp,$(FOREIGN)),$(if $(FOREIGN),,all)),)
else
	@why=$$(tests/peers/install_sharp.sh $(BUILD)/peers); [ -z "$$why" ] || echo "$$why"
endif
	@PYTHONPATH=tests PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m foreign.run --knee $(BUILD)/knee --modules $(BUILD)/peers \
	  --table $(BUILD)/programs.md $(FOREIGN_OPTIONS) $(FOREIGN) && echo "table: $(BUILD)/programs.md"

# Do 95% intervals contain the true value in 95% of simulated sweeps? SWEEPS=10000 is the long form; TABLE=noise: one
# table; SEED=1: other sweeps.
SWEEPS ?= 2000
TABLE ?= all
SEED ?= 0
coverage: $(BUILD)/tests/coverage/coverage
	@$< $(SWEEPS) $(TABLE) $(SEED)

# False alarms of the gate, and the losses that it finds, on simulated builds. GATES of each case; it can be stopped,
# and goes on where it was. GATES=10000 is the long form: half a minute.
.PHONY: gate-power
GATES ?= 2000
gate-power: $(BUILD)/tests/power/gate_power
	@$< $(GATES) $(BUILD)/gate-power.txt

# The same in real gates: of knee against itself, idle and beside another program, and with losses of known causes. It
# can be stopped, and goes on where it was.
.PHONY: gates
GATES_OPTIONS ?=
gates: all
	@tests/gate_batch.sh $(BUILD)/gate/batch && $(PYTHON) tests/bench/gates.py $(BUILD)/knee $(BUILD)/gate/batch \
	  $(BUILD)/gates.jsonl $(GATES_OPTIONS)

# --- tests and lint -----------------------------------------------------------------------------------------------
test:
	+@$(MAKE) --no-print-directory -j$$(nproc) all test-programs
	@BUILD=$(BUILD) tests/run.sh

# knee submit with Slurm on four virtual hosts: skipped without root, namespaces or Slurm, with the reason.
.PHONY: test-cluster
test-cluster: all
	@BUILD=$(BUILD) tests/run.sh tests/cluster/cluster.t

# Efficiency over virtual nodes, and what a submission costs: needs an idle machine.
.PHONY: cluster-scaling
CLUSTER_ROUNDS ?= 1
cluster-scaling: all
	@KNEE=$(abspath $(BUILD))/knee tests/cluster/scaling.sh $(CLUSTER_ROUNDS)

# The unit tests with AddressSanitizer and UndefinedBehaviourSanitizer.
.PHONY: test-sanitized
test-sanitized:
	+@$(MAKE) --no-print-directory -j$$(nproc) BUILD=build-san SAN=address,undefined all test-programs
	@BUILD=build-san UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 ASAN_OPTIONS=allocator_may_return_null=1 \
	  LSAN_OPTIONS=suppressions=$(CURDIR)/tests/lsan.supp:print_suppressions=0 tests/run.sh \
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

.PHONY: fit-speed report-speed
# CPU time and memory of knee fit: large tables, and a study of ITEMS_MANY rows of items
fit-speed: all
	@BUILD=$(BUILD) tests/bench/fit_speed.sh $(ITEMS_MANY)
# ... and of everything that is made of a study of 100 trials, and of a million rows of items
report-speed: all
	@BUILD=$(BUILD) tests/bench/report_speed.sh

# The peak memory of a worker for each kind of picture, of 24 megapixels, made of the photograph PHOTO: two minutes.
.PHONY: picture-memory
picture-memory: all
	@$(if $(PHOTO),,echo 'make picture-memory: PHOTO=FILE names the photograph that pictures are made of' >&2; exit 2)
	@PYTHONDONTWRITEBYTECODE=1 $(PYTHON) tests/bench/picture_memory.py $(BUILD)/knee $(PHOTO)

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
	@echo '$(LANGUAGE) -DSTARTER_PROGRAM="starter" $(PKG_CFLAGS) $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(foreach l,$(TEST_LIBRARIES),$(firstword $(subst :, ,$(l))))))'
	@echo '$(WARNINGS)'

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

# --- installing ---------------------------------------------------------------------------------------------------
deps:
	@DEPS='$(DEPS)' LIBRARIES='$(LIBRARIES) $(TEST_LIBRARIES)' tests/deps.sh

.PHONY: deps-cluster
deps-cluster:
	@DEPS='$(DEPS_CLUSTER)' LIBRARIES='$(LIBRARIES)' tests/deps.sh

deps-foreign:
	@DEPS='$(DEPS_FOREIGN)' LIBRARIES='$(LIBRARIES)' tests/deps.sh
# The browser and the rules of accessibility with which tests/reports/browser.t opens the report's page.
AXE_VERSION ?= 4.14.1
.PHONY: deps-browser
deps-browser:
	@DEPS='$(DEPS_BROWSER)' LIBRARIES='$(LIBRARIES)' tests/deps.sh
	@npm install --prefix $(BUILD)/browser --no-package-lock --no-save --no-audit --no-fund axe-core@$(AXE_VERSION)

TRACE_ENGINE_VERSION ?= 0.0.65
.PHONY: deps-formats
deps-formats:
	@DEPS='$(DEPS_FORMATS)' LIBRARIES='$(LIBRARIES)' tests/deps.sh
	@npm install --prefix $(BUILD)/formats --no-package-lock --no-save --no-audit --no-fund @paulirish/trace_engine@$(TRACE_ENGINE_VERSION)

deps-peers:
	@DEPS='$(DEPS_PEERS)' LIBRARIES='$(LIBRARIES)' tests/deps.sh
ifneq ($(filter deps,$(MAKECMDGOALS)),)
dataset sweep report gate test lint all: deps
endif

SHARE := $(DESTDIR)$(PREFIX)/share/knee
DOC := $(DESTDIR)$(PREFIX)/share/doc/knee
MAN := $(DESTDIR)$(PREFIX)/share/man/man1
BASH_COMPLETION := $(DESTDIR)$(PREFIX)/share/bash-completion/completions/knee
ZSH_COMPLETION := $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_knee
COMMANDS = $(shell $(BUILD)/knee help | sed -n '/^commands:/,/^$$/s/^  \([^ ]*\) .*/\1/p')
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/pipeline/recipes
	install -m 755 $(BUILD)/knee $(DESTDIR)$(PREFIX)/bin/knee
	install -d $(MAN) $(dir $(BASH_COMPLETION)) $(dir $(ZSH_COMPLETION))
	$(BUILD)/knee help --man > $(MAN)/knee.1
	set -e; for c in $(COMMANDS); do $(BUILD)/knee help --man $$c > $(MAN)/knee-$$c.1; done
	$(BUILD)/knee help --completion bash > $(BASH_COMPLETION)
	$(BUILD)/knee help --completion zsh > $(ZSH_COMPLETION)
	install -D -m 644 -t $(DOC) LICENSE README.md CHANGELOG.md
	install -D -m 644 -t $(DOC)/docs docs/*.md
	for f in ci examples schemas; do install -D -m 644 -t $(DOC)/docs/$$f docs/$$f/*; done
	install -m 644 pipeline/recipes/* $(SHARE)/pipeline/recipes/
	install -D -m 644 -t $(SHARE)/harness/machine/counters/groups harness/machine/counters/groups/*.group
	cd reports && find . -name '*.py' -o -name '*.gp' -o -name '*.css' -o -name '*.js' | while read -r f; do install -D -m 644 "$$f" "$(SHARE)/reports/$$f"; done

# What install has put there, and the folders that are knee's alone.
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/knee $(MAN)/knee.1 $(MAN)/knee-*.1 $(BASH_COMPLETION) $(ZSH_COMPLETION)
	rm -rf $(SHARE) $(DOC)

# One tar that runs on any x86-64 Linux, without packages.
.PHONY: bundle
bundle: all
	@CC='$(CC)' packaging/bundle.sh $(BUILD) $(firstword $(VERSION))

# Two Debian packages: knee, the harness for any command, and knee-images; in $(BUILD)/deb, checked by lintian and by a
# test that unpacks and runs them.
.PHONY: deb deps-deb
deb: all
	@packaging/deb.sh $(BUILD) $(firstword $(VERSION))
	@BUILD=$(BUILD) tests/run.sh tests/packages/deb.t

deps-deb:
	@DEPS='$(DEPS_DEB)' LIBRARIES='$(LIBRARIES)' tests/deps.sh

clean:
	rm -rf build build-san build-fuzz

help:
	@echo 'make deps      install what knee needs from Debian packages (root or sudo)'
	@echo 'make all       build build/knee and build/knee-dataset'
	@echo 'make dataset   make the data set: COUNT=1000 MEAN_MB=3.0 SEED=1 PHOTOS=folder'
	@echo 'make sweep     data set, scaling study, curve and report: BUDGET=6m PRECISION=1% REPLAY=16 EMULATE=16 IN=folder STUDY=folder'
	@echo 'make report    fit and report of an existing study: STUDY=folder'
	@echo 'make pictures  docs/images from an existing study, for the README: STUDY=folder'
	@echo 'make example   docs/example from an existing study: report, curve, fit.json: STUDY=folder'
	@echo 'make gate      BASE=origin/main: this build against that commit, in pairs; without BASE a study against the baseline'
	@echo 'make baseline  writes that baseline; build/gate.code: 0 pass, 1 regression, 3 undecided, 4 not comparable'
	@echo 'make test      every test (FAULTS=300: number of killed runs); make lint: every checker; make bench: performance'
	@echo 'make deps-formats  TeX and the trace engine of Chrome, for the test of exports'
	@echo 'make deps-browser  Chromium and axe-core, for the test of the report as a web page'
	@echo 'make cluster-scaling  wall time over 1, 2 and 4 of these hosts: CLUSTER_ROUNDS=1, eight minutes, on an idle machine'
	@echo 'make test-cluster  knee submit with Slurm on virtual hosts; make deps-cluster installs it'
	@echo 'make peers     CPU time per image compared with other programs: PEERS_IMAGES=20 IN=folder; make deps-peers installs them'
	@echo 'make compare   from Python to C: pool of Python, knee run and sharp, 1 to 16 workers: COMPARE_IMAGES=24 IN=folder'
	@echo 'make foreign   third-party programs, compared with known facts: FOREIGN="xz pigz"; make deps-foreign'
	@echo 'make fuzz      fuzz every parser: FUZZ_SECONDS=60 for each'
	@echo 'make validity  emulated cores compared with real cores and with expected times: 6 minutes'
	@echo 'make predictions  predicted and measured times, cell by cell: STUDIES="results/media ..."'
	@echo 'make attribution  causes injected into simulated studies, and what the account attributes to them: a minute'
	@echo 'make injections   the same in real runs of knee synthetic: ten minutes, on an idle machine'
	@echo 'make replay-injections  the same in replays with 16 workers of programs measured with 1 and 2: a quarter of an hour'
	@echo 'make contention  contention, replay and emulated cores against real runs: 20 minutes on two quiet cores, resumable; IN=folder'
	@echo 'make gate-power  false alarms of the gate and the losses that it finds, on simulated builds: GATES=10000, half a minute'
	@echo 'make gates     the same in real gates: three hours, resumable; GATES_OPTIONS="--gates 100 --losses 20"'
	@echo 'make corpus    every file of CORPUS=folder through the pipeline under sanitizers'
	@echo 'make kills     kill RUNS=2000 runs and SWEEPS=200 sweeps in every way: nothing is lost or left over'
	@echo 'make soak      20,000 small pictures, one in a hundred damaged: memory does not grow'
	@echo 'make picture-memory  peak memory of a worker for each kind of picture of 24 megapixels: PHOTO=file, two minutes'
	@echo 'make fit-speed CPU time and memory of knee fit: large tables, a study of a million rows of items'
	@echo 'make report-speed  the same of fit, report and all exports of a study: 100 trials, and a million rows of items'
	@echo 'make scale     a million items: bytes of memory for each item, and the rate'
	@echo 'make install   program, manual pages, completions: PREFIX=/usr/local; make uninstall removes them; make clean'
	@echo 'make deb       Debian packages knee (the harness) and knee-images (the pipeline): build/deb; make deps-deb'
	@echo 'make bundle    one tar of knee, its libraries, font and recipes, for any x86-64 Linux without packages'
	@echo 'switches       DEVELOPER=1 (warnings are errors), SAN=address,undefined, CC=clang'
