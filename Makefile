# `make demo` and `make test` need nothing but make and a Debian machine; `make help` lists all.
#
# Everything built goes to build/<compiler>-<OPT>/, so that variants live side by side:
#   make                      build/gcc-O3/powergap
#   make CC=clang OPT=O0      build/clang-O0/powergap
#   make OPT=asan             build/gcc-asan/powergap: AddressSanitizer and UBSan
# V=1 shows every command.

VERSION := 0.1.0
MAIN    := scenarios/psu-failure/fet.yaml
PREFIX  ?= /usr/local
DATADIR  = $(PREFIX)/share/powergap

ifeq ($(origin CC),default)
CC   := gcc
endif
OPT  ?= O3
JOBS ?= $(shell nproc)
Q    := $(if $(V),,@)
B    := build/$(notdir $(lastword $(CC)))-$(OPT)
BIN  := $(B)/powergap

# Which controller this is: what speaks to a board, and the board, must have been made of the same.
FIRMWARE_SRC := $(sort $(wildcard controller/*.[ch]) hil/link.c hil/link.h hil/boards/main.c)
FIRMWARE     := $(VERSION)+$(firstword $(shell cat $(FIRMWARE_SRC) | cksum))

# ---- How it is compiled --------------------------------------------------------------------------

WARNINGS := -Wall -Wextra -Wpedantic -Werror -Wconversion -Wsign-conversion -Wshadow -Wundef -Wvla \
            -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wpointer-arith -Wwrite-strings   \
            -Wformat=2

SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
OPT_asan := -O1 $(SANITIZE)
OPT_fuzz := -O1 $(SANITIZE) -fsanitize=fuzzer-no-link
OPT_step := -O2 # of `make step-cost`: the controller counts its basic blocks
OPT_bare := -O2 -mgeneral-regs-only # of `make layers`: a float becomes an error or a call
# The largest racks the controller can be built for.
BIG_LIMITS := -DCTL_SUPPLIES=64 -DCTL_BARS=8 -DCTL_SWITCHES=128 -DCTL_EXPANDERS=16 -DCTL_SERVERS=256
OPT_big  := -O2 $(BIG_LIMITS)
LEVEL    := $(or $(OPT_$(OPT)),-$(OPT))

# -ffp-contract=off: a fused multiply-add rounds once where two operations round twice, and event
# hashes must be equal on every compiler and level. For the same reason there is no fast-math.
CFLAGS   := -std=c11 -g $(LEVEL) -ffp-contract=off $(WARNINGS)
CPPFLAGS := -I. -D_POSIX_C_SOURCE=200809L -DPOWERGAP_VERSION='"$(VERSION)"'
LDFLAGS  := $(LEVEL)

# The program and the bench are optimised as a whole: a model's small calls into its world cost
# nothing then. Tests are linked object by object; there are many of them.
WHOLE    := $(if $(filter gcc%,$(notdir $(lastword $(CC)))),$(if $(filter O2 O3,$(OPT)),yes))
CFLAGS   += $(if $(WHOLE),-flto -ffat-lto-objects)

# pkg-config may not be there yet: `demo` and `test` install it, then start make anew.
LIBRARIES := gsl libfyaml libmd
CPPFLAGS  += $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(LIBRARIES) 2>/dev/null))
LDLIBS    := $(or $(shell pkg-config --libs $(LIBRARIES) 2>/dev/null),-lgsl -lgslcblas -lfyaml -lmd) \
             -lcsv -lsleef -lm

# ---- What is built from what ---------------------------------------------------------------------

# A test, bench or fuzz program is linked with the other sources of its folder and of tests/, then
# with everything of ours but sim/main.c.
objects   = $(patsubst %.c,$(B)/%.o,$(1))
named     = $(foreach f,$(TEST_SRC),$(if $(filter $(1)_%,$(notdir $f)),$f))
helpers   = $(filter-out $(MAIN_SRC),$(wildcard $(1)/*.c))
libraries = $(foreach d,$(1:$(B)/%=%) tests,$(if $(call helpers,$d),$(B)/$d/helpers.a)) $(LIB)

SRC       := $(wildcard controller/*.c models/*.c sim/*.c hil/*.c)
TEST_SRC  := $(wildcard tests/*.c tests/*/*.c tests/*/*/*.c)
MAIN_SRC  := $(call named,test) $(call named,bench) $(call named,peer) $(call named,fuzz) \
             $(call named,search)
TESTS     := $(patsubst %.c,$(B)/%,$(call named,test))
BENCHES   := $(patsubst %.c,$(B)/%,$(call named,bench))
FUZZERS   := $(patsubst %.c,$(B)/%,$(call named,fuzz))
SEARCHES  := $(patsubst %.c,$(B)/%,$(call named,search))
# The peers of the bench: only where SUNDIALS and KLU are.
PEERS_SRC := $(if $(word 2,$(wildcard $(addprefix /usr/include/,cvode/cvode.h suitesparse/klu.h))), \
             $(call named,peer))
PEER_BINS := $(patsubst %.c,$(B)/%,$(PEERS_SRC))
LIB       := $(B)/libpowergap.a
SCENARIOS := $(sort $(filter-out scenarios/racks/%,$(wildcard scenarios/*/*.yaml)))
FORMATTED := $(SRC) $(TEST_SRC) $(wildcard controller/*.h models/*.h sim/*.h hil/*.h tests/*.h \
             tests/*/*.h tests/*/*/*.h hil/*/*.[ch] hil/*/*/*.h)

.SECONDEXPANSION:
.SECONDARY:
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all deps demo run test suite baseline bench bench-results bench-truth step-cost step-check \
        claims duels fuzz crosscheck check format format-check layers lint determinism install \
        uninstall clean help FORCE

## build the program (the default); `make deps` first installs what it needs
all: $(BIN)

$(BIN): $(call objects,sim/main.c) $(LIB)
	@echo "  LD      $@"
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@

# Afresh each time: ar would keep a member whose source is gone.
define ARCHIVE
	$(Q)rm -f $@ && ar rcs $@ $^
endef
$(LIB): $(call objects,$(filter-out sim/main.c,$(SRC)))
	$(ARCHIVE)
$(B)/%/helpers.a: $$(call objects,$$(call helpers,$$*))
	$(ARCHIVE)

$(BIN) $(BENCHES) $(SEARCHES): LDFLAGS += $(if $(WHOLE),-flto=$(JOBS))
$(TESTS) $(FUZZERS): LDFLAGS += $(if $(WHOLE),-fno-lto)
$(TESTS):   LDLIBS += $(or $(shell pkg-config --libs criterion 2>/dev/null),-lcriterion)
$(FUZZERS): LDLIBS += -fsanitize=fuzzer
%/tests/bench/bench_step: LDLIBS += $(or $(shell pkg-config --libs criterion 2>/dev/null),-lcriterion)
$(PEER_BINS): LDLIBS += $(addprefix -lsundials_,cvode nvecserial sunlinsoldense sunlinsolklu \
                        sunmatrixdense sunmatrixsparse generic)
$(PEER_BINS:%=%.o): private CPPFLAGS += -isystem /usr/include/suitesparse
$(TESTS) $(BENCHES) $(SEARCHES) $(PEER_BINS) $(FUZZERS): %: %.o $$(call libraries,$$(@D))
	@echo "  LD      $@"
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@

# The controller is built as for a board without an operating system. The macros of Criterion
# convert in ways that gcc would complain about at each of our lines that uses one.
CFLAGS_controller := -ffreestanding $(if $(filter step,$(OPT)),-fsanitize-coverage=trace-pc)
CFLAGS_tests      := -Wno-conversion

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	@echo "  CC      $@"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(CFLAGS_$(firstword $(subst /, ,$<))) -MMD -MP -c $< -o $@

$(B)/hil/link.o: private CPPFLAGS += -DPOWERGAP_FIRMWARE='"$(FIRMWARE)"'
$(B)/hil/link.o: $(FIRMWARE_SRC)

# Holds the compiler and its options; newer than the objects only when those have changed.
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(CPPFLAGS) $(CFLAGS)' | cmp -s - $@ || echo '$(CC) $(CPPFLAGS) $(CFLAGS)' > $@

-include $(patsubst %.c,$(B)/%.d,$(SRC) $(TEST_SRC))

# ---- The two commands ----------------------------------------------------------------------------
# Both install what is missing first. What they build is known to make only after that, so it is
# started anew.

PARALLEL = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))
DEMO    := out/demo

## install what is missing, build, run the main scenario, plot it
demo:
	@sh tests/tools/deps.sh run
	+@$(PARALLEL) all
	@rm -rf $(DEMO)
	@$(BIN) run --out $(DEMO) $(MAIN); status=$$?; \
	 test $$status -le 1 && POWERGAP_DATA=. $(BIN) plot $(DEMO) && \
	 echo && echo "CSV files:" && ls $(DEMO)/*.csv && \
	 echo "Plots:" && find $(DEMO) -name '*.svg' -o -name '*.png' | sort && exit $$status

## install what is missing, build, run every test and every scenario (also: make test OPT=asan)
test:
	@sh tests/tools/deps.sh run test
	+@$(PARALLEL) $(BIN) tests
	@{ $(TEST_JOBS); echo "scenarios: $(SUITE)"; } | sh tests/tools/tally.sh $(JOBS) $(B)/log

## run every scenario, compare each figure with scenarios/baseline.csv; traces in build/.../suite
suite: $(BIN)
	@rm -rf $(B)/suite
	@$(SUITE)

## take the figures of today as the baseline, and write scenarios/README.md
baseline: $(BIN)
	@$(SUITE) --quiet --update-baseline
	@sh tests/tools/scenarios.sh $(BIN) >scenarios/README.md

# One job a line, NAME: COMMAND. A test finds the program under test in $POWERGAP.
TEST_JOBS  = for t in $(TESTS); do echo "$${t\#$(B)/}: POWERGAP=$(BIN) sh tests/tools/spawn.sh timeout 600 $$t -j1"; done; \
             for t in $(wildcard tests/*/test_*.sh); do echo "$$t: POWERGAP=$(BIN) timeout 600 sh $$t"; done
SUITE      = $(BIN) test -j $(JOBS) --out $(B)/suite --junit $(B)/suite.xml \
                 --baseline scenarios/baseline.csv scenarios

.PHONY: tests
tests: $(TESTS)

DEPS ?= run
## install what building and running needs: make deps [DEPS="run test check bench peers crosscheck"]
deps:
	@sh tests/tools/deps.sh $(DEPS)

# ---- Looking closer ------------------------------------------------------------------------------

## run one scenario: make run S=scenarios/...yaml [ARGS="--seed 3"]
run: $(BIN)
	@test -n "$(S)" || { printf '%s\n' "make run S=FILE, one of" $(SCENARIOS); exit 2; }
	$(BIN) run $(ARGS) --out out/$(basename $(notdir $(S))) $(S)

## measure speed and memory: one table (PEERS=1: of GSL, CVODE and ngspice, too)
bench: $(BENCHES) $(if $(PEERS),$(PEER_BINS))
	@PEERS=$(PEERS) sh tests/bench/bench.sh $(B)
	@awk -f tests/bench/table.awk $(B)/bench.csv

## the same with PEERS=1, written to tests/bench/RESULTS.md
bench-results:
	+@$(MAKE) --no-print-directory bench PEERS=1
	+@$(MAKE) --no-print-directory $(BIN) $(B)/tests/oracle/test_oracle
	@sh tests/bench/results.sh $(B) >tests/bench/RESULTS.md

STEP_LIMIT := 20000
STEPS := controller/STEPS.md
step-check: STEPS := build/STEPS.md
## count the instructions of the controller's dearest step, in controller/STEPS.md (step-check: only compare)
step-cost step-check:
	@sh tests/tools/deps.sh run test bench
	+@$(PARALLEL) CC=gcc OPT=step build/gcc-step/tests/bench/bench_step
	+@$(PARALLEL) CC=gcc OPT=O2 build/gcc-O2/tests/bench/bench_step
	@sh tests/tools/step_cost.sh build/gcc-step/tests/bench/bench_step \
	    build/gcc-O2/tests/bench/bench_step $(STEP_LIMIT) >$(STEPS); \
	 status=$$?; cat $(STEPS); exit $$status

## make the truth anew that the bench compares with
bench-truth: $(PEER_BINS)
	@sh tests/bench/truth.sh $(B)

## compare with ngspice: the circuits of tests/oracle/ played, the racks of all scenarios at rest
crosscheck: $(BIN)
	@sh tests/tools/crosscheck.sh $(BIN) $(B)/crosscheck $(wildcard tests/oracle/*.yaml) $(SCENARIOS)

## write README's table of claims: play each one's scenario, say what was measured
claims: $(BIN)
	@sh tests/tools/claims.sh $(BIN) README.md

SEEDS ?= 1 1000
## play random circuits against the referee of tests/oracle/: make duels [SEEDS="1 1000"]
duels: $(SEARCHES)
	$(B)/tests/oracle/search_duels $(SEEDS)

FUZZ_SECONDS ?= 20
FUZZ = $(or $(T),$(patsubst fuzz_%,%,$(notdir $(FUZZERS))))
## feed random input to all, or make fuzz T=step|planner|pmbus|link|scenario [FUZZ_SECONDS=20]; needs clang
fuzz:
	+@$(PARALLEL) CC=clang OPT=fuzz $(FUZZ:%=build/clang-fuzz/tests/fuzz/fuzz_%)
	@for t in $(FUZZ); do \
	    mkdir -p build/fuzz/$$t; seeds=tests/fuzz/$$t; \
	    test -d $$seeds || seeds=scenarios; \
	    build/clang-fuzz/tests/fuzz/fuzz_$$t -max_total_time=$(FUZZ_SECONDS) -timeout=20 \
	        -print_final_stats=1 -artifact_prefix=build/fuzz/$$t- build/fuzz/$$t $$seeds || exit 1; \
	done

include hil/boards/firmware.mk
include hil/linux/daemon.mk

# ---- What CI runs --------------------------------------------------------------------------------

CHECKS := format-check layers lint demo test test,OPT=asan limits step-check firmware-check hil \
          fuzz,FUZZ_SECONDS=8 determinism deb-check

## everything CI runs: format, layers, lint, both commands, sanitizers, fuzzers, suite, determinism
check:
	@sh tests/tools/deps.sh run test check
	@for c in $(CHECKS); do echo "make $$c: $(MAKE) --no-print-directory $$c"; done | tr , ' ' | \
	 sh tests/tools/tally.sh 1 build/check

## the controller's tests again, built for the largest racks
limits:
	+@$(PARALLEL) OPT=big limits-run
limits-run: $(BIN) $(filter $(B)/tests/controller/% $(B)/tests/hil/%,$(TESTS))
	@for t in $(filter-out $(BIN),$^); do \
	    echo "$${t#$(B)/}: POWERGAP=$(BIN) sh tests/tools/spawn.sh timeout 600 $$t -j1"; \
	 done | \
	 sh tests/tools/tally.sh $(JOBS) $(B)/log
.PHONY: limits limits-run

## equal event hashes on gcc -O0, -O2, -O3 and clang -O2, with and without FMA, over every scenario
determinism:
	@sh tests/tools/determinism.sh "$(MAKE)" gcc-O0 gcc-O2 nofma-gcc-O3 gcc-O3 clang-O2

## includes point only where the design allows; the controller needs no float and no libc
layers:
	@sh tests/tools/layers.sh
	+@$(PARALLEL) CC=gcc OPT=bare bare

.PHONY: bare
bare: $(call objects,$(wildcard controller/*.c))
	@test -z "$^" || sh tests/tools/layers.sh --bare $^

## clang-tidy, cppcheck, MISRA on controller/, manual pages, shell scripts
lint:
	@sh tests/tools/lint.sh $(SRC) $(DAEMON_SRC) $(call named,test)

## rewrite every source in the house format
format:
	clang-format -i $(FORMATTED)

## complain about a source that is not in the house format
format-check:
	@clang-format --dry-run -Werror $(FORMATTED)

# ---- Putting it somewhere ------------------------------------------------------------------------

I = $(DESTDIR)$(PREFIX)
BASH_FOLDER ?= share/bash-completion/completions
ZSH_FOLDER  ?= share/zsh/site-functions
## install program, manual pages, parts, scenarios, plot scripts, built firmware and powergapd under PREFIX
install: $(BIN)
	install -d $(I)/bin $(I)/share/man/man1 $(I)/share/man/man5 $(DESTDIR)$(DATADIR)
	install -d $(I)/$(BASH_FOLDER) $(I)/$(ZSH_FOLDER)
	install $(BIN) $(I)/bin/powergap
	$(BIN) completion bash >$(I)/$(BASH_FOLDER)/powergap
	$(BIN) completion zsh >$(I)/$(ZSH_FOLDER)/_powergap
	install -m 644 $(wildcard sim/man/*.1) $(I)/share/man/man1
	install -m 644 $(wildcard sim/man/*.5) $(I)/share/man/man5
	cp -R $(wildcard models/parts plots scenarios) $(DESTDIR)$(DATADIR)
	for b in $(BOARDS); do \
	    test ! -e build/arm-$$b/semihosting.elf || install -m 644 -D -t $(DESTDIR)$(DATADIR)/firmware/$$b \
	        build/arm-$$b/firmware.elf build/arm-$$b/semihosting.elf || exit 1; \
	 done
	test ! -e $(DAEMON) || $(MAKE) --no-print-directory install-powergapd
	chmod -R u=rwX,go=rX $(DESTDIR)$(DATADIR)

## remove what `make install` installed
uninstall:
	rm -f $(I)/bin/powergap $(patsubst sim/man/%,$(I)/share/man/man?/%,$(wildcard sim/man/*))
	rm -f $(I)/$(BASH_FOLDER)/powergap $(I)/$(ZSH_FOLDER)/_powergap
	rm -f $(I)/sbin/powergapd $(I)/share/man/man8/powergapd.8 $(I)/lib/systemd/system/powergapd.service
	rm -rf $(DESTDIR)$(DATADIR)

.PHONY: deb deb-check
## pack it for Debian: build/powergap_VERSION_ARCH.deb
deb:
	@sh tests/tools/deps.sh run deb
	+@$(PARALLEL) all $(DAEMON)
	@sh tests/tools/deb.sh $(VERSION) build

## install that package in a fresh Debian of its own and run it there (as root, with a network)
deb-check: deb
	@sh tests/tools/deps.sh deb-check
	@sh tests/tools/deb_check.sh build/powergap_$(VERSION)_$$(dpkg --print-architecture).deb

## remove everything that was built or run
clean:
	rm -rf build out

## list the targets
help:
	@awk '/^## / { about = substr($$0, 4); next } \
	      about && /^[a-z-]+:/ { sub(/:.*/, ""); printf "%-13s %s\n", $$0, about } \
	      { about = "" }' Makefile hil/boards/firmware.mk hil/linux/daemon.mk
