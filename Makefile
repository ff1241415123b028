# flkit: make deps | make | make demo | make check | make bench | make fuzz-NAME | make docs | make golden | make install
VERSION := 0.1.0
prefix  ?= /usr/local
bindir  ?= $(prefix)/bin
mandir  ?= $(prefix)/share/man
bashdir ?= $(prefix)/share/bash-completion/completions
zshdir  ?= $(prefix)/share/zsh/site-functions
fishdir ?= $(prefix)/share/fish/vendor_completions.d
datadir ?= $(prefix)/share/flkit

CFLAGS  ?= -O2 -g
WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes
PKGS    := jansson libsodium libprotobuf-c libcurl expat libmicrohttpd gnutls
comma   := ,
B       := build$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))
FLAGS    = -std=c11 -D_DEFAULT_SOURCE -D_GNU_SOURCE -Ilib -I$(B)/proto -DFLKIT_VERSION='"$(VERSION)"' -ffp-contract=off $(WARN) $(CPPFLAGS) \
           $(CFLAGS) $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
LIBS     = $(shell pkg-config --libs $(PKGS)) -lm -lpthread

LIB_SRC := $(wildcard lib/*/*.c)
PROTOS  := google/protobuf/timestamp $(patsubst share/proto/%.proto,%,$(wildcard share/proto/fl/*/*.proto))
PB_C    := $(PROTOS:%=$(B)/proto/%.pb-c.c)
CMDS    := $(patsubst cmd/%.c,%,$(wildcard cmd/*.c))
UNITS   := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*-*.c))
FUZZ    := $(patsubst tests/fuzz/fuzz-%.c,%,$(wildcard tests/fuzz/fuzz-*.c))
LINK     = @mkdir -p $(@D) && echo "  LINK $@" && $(CC) $(FLAGS) $(LDFLAGS) -Wl,--as-needed -o $@ $(filter %.o %.a,$^) $(LIBS)

# The goals that install what is missing do so first; plain `make` never touches the network.
BOOT    := $(if $(filter demo check,$(MAKECMDGOALS)),deps)

all: $(CMDS:%=$(B)/bin/%)
$(B)/libfl.a: $(LIB_SRC:%.c=$(B)/%.o) $(PB_C:.c=.o)
	@mkdir -p $(@D) && rm -f $@ && echo "  AR   $@" && $(AR) rcs $@ $^
$(B)/bin/%: $(B)/cmd/%.o $(B)/libfl.a ; $(LINK)
$(B)/unit/%: $(B)/tests/unit/%.o $(B)/libfl.a ; $(LINK)
$(B)/replay/%: $(B)/tests/fuzz/fuzz-%.o $(B)/tests/fuzz/replay.o $(B)/libfl.a ; $(LINK) $(LIBS_$(notdir $@))
$(B)/bench/%: $(B)/tests/bench/%.o $(B)/libfl.a ; $(LINK)
$(PB_C): $(B)/proto/%.pb-c.c: | $(BOOT)
	@mkdir -p $(B)/proto && echo "  GEN  $@" && protoc-c -Ishare/proto -I/usr/include --c_out=$(B)/proto $*.proto
$(foreach p,$(PROTOS),$(eval $(B)/proto/$p.pb-c.c: $(wildcard share/proto/$p.proto)))
$(PB_C:.c=.o): %.o: %.c $(PB_C) ; @echo "  CC   $<" && $(CC) $(FLAGS) -w -MMD -MP -c -o $@ $<
$(B)/%.o: %.c Makefile | $(BOOT) $(PB_C) ; @mkdir -p $(@D) && echo "  CC   $<" && $(CC) $(FLAGS) $(FLAGS_$(notdir $*)) -MMD -MP -c -o $@ $<

# The exact sums are plain loops for the compiler to turn into vectors.
FLAGS_fold := -O3

# The exact objective adds rows to rows; sums keep their order, so -O3 only widens what has none.
FLAGS_net-exact := -O3

# The exact codecs turn words into bytes and lengths and back in loops that the compiler makes vectors of.
FLAGS_planes := -O3
FLAGS_ulp    := -O3

# The file's energy is eight sums side by side.
FLAGS_topk-select := -O3

# Vector kernels: one file for each instruction set, chosen at start-up by what the processor has.
FLAGS_kernel-avx2   := -O3 -mavx2 -mfma -ffp-contract=fast
FLAGS_kernel-avx512 := -O3 -mavx2 -mfma -mavx512f -mavx512dq -mavx512bw -mavx512vl -mprefer-vector-width=512 -ffp-contract=fast
FLAGS_topk-places-avx2   := -O3 -mavx2 -mbmi
FLAGS_topk-places-avx512 := -O3 -mavx512f -mpopcnt -mprefer-vector-width=512

# The same for the transform, whose versions must agree to the last bit: nothing is contracted.
FLAGS_fwht-avx2   := -O3 -mavx2
FLAGS_fwht-avx512 := -O3 -mavx512f -mavx512dq -mprefer-vector-width=512
FLAGS_eden        := -O3
FLAGS_powersgd    := -O3
FLAGS_rans-avx512 := -O3 -mavx512f -mavx512dq -mavx512bw -mavx512vl -mbmi2 -mpopcnt -mprefer-vector-width=512
FLAGS_rans-plain  := -O3
FLAGS_rans-order  := -O3
FLAGS_ecsq-cells  := -O3 -fno-trapping-math
FLAGS_ecsq-cells-avx512 := -O3 -fno-trapping-math -mavx512f -mavx512dq -mavx512bw -mavx512vl -mprefer-vector-width=512
FLAGS_rans        := -O3
FLAGS_ecsq-fit    := -O3
FLAGS_ecsq        := -O3

# libcsv is what our CSV reader is compared with, where it is installed.
ifneq ($(wildcard /usr/include/csv.h),)
FLAGS_fuzz-csv := -DWITH_LIBCSV
LIBS_csv := -lcsv
endif

deps: ; @sh share/deps.sh build
deps-extra: ; @sh share/deps.sh extra

demo: all ; @FL_BIN=$(CURDIR)/$(B)/bin sh share/examples/demo.sh $(CURDIR)/build/demo

# Every line printed by the tests is TAP; the last line sums up.
check: check-unit check-corpus check-cmd check-docs check-style
check-unit: $(UNITS:%=$(B)/unit/%) ; @sh tests/tap.sh $^
check-cmd: all $(B)/unit/fit $(B)/bench/kernel ; @PATH="$(CURDIR)/$(B)/bin:$$PATH" FL_BUILD="$(CURDIR)/$(B)" bats $(BATS_FLAGS) tests/cmd
# The hub alone: `make SAN=thread check-hub` runs its tests under ThreadSanitizer.
check-hub: $(addprefix $(B)/bin/,fl-serve fl-key fl-show)
	@TSAN_OPTIONS=halt_on_error=1 PATH="$(CURDIR)/$(B)/bin:$$PATH" FL_BUILD="$(CURDIR)/$(B)" bats $(BATS_FLAGS) \
		$(filter-out %-page.bats,$(wildcard tests/cmd/fl-serve*.bats))
check-corpus: $(FUZZ:%=$(B)/replay/%)
	@set -e; for f in $(FUZZ); do $(B)/replay/$$f tests/fuzz/corpus/$$f/*; done
check-style: $(B)/libfl.a ; @FL_BUILD="$(CURDIR)/$(B)" sh tests/style.sh
check-docs: all
	@set -e; for c in $(CMDS); do sh man/options.sh --check $(B)/bin/$$c man/$$c.1; \
		for s in bash zsh fish; do sh completions/$$s.sh $(B)/bin/$$c | cmp - completions/$$c.$$s; done; done
	@if command -v mandoc >/dev/null; then mandoc -Tlint -Wwarning man/*.[1-9]; fi
docs: all
	@set -e; for c in $(CMDS); do sh man/options.sh $(B)/bin/$$c man/$$c.1; \
		for s in bash zsh fish; do sh completions/$$s.sh $(B)/bin/$$c > completions/$$c.$$s; done; done
golden: all
	@PATH="$(CURDIR)/$(B)/bin:$$PATH" FL_BUILD="$(CURDIR)/$(B)" GOLDEN=write bats tests/cmd && git diff --stat tests/golden

bench: all $(patsubst tests/bench/%.c,$(B)/bench/%,$(wildcard tests/bench/*.c))
	@PATH="$(CURDIR)/$(B)/bin:$$PATH" FL_BUILD="$(CURDIR)/$(B)" sh tests/bench/run.sh

fuzz-%:
	@mkdir -p build/fuzz/$*.corpus tests/fuzz/corpus/$*
	@$(MAKE) --no-print-directory B=build/fuzz CC=clang SAN=fuzzer-no-link,address,undefined \
		LIB_SRC="$(filter-out lib/model/% lib/solve/%,$(LIB_SRC))" build/fuzz/libfl.a
	clang $(FLAGS) $(FLAGS_fuzz-$*) -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -o build/fuzz/$* tests/fuzz/fuzz-$*.c \
		build/fuzz/libfl.a $(LIBS) $(LIBS_$*)
	build/fuzz/$* -max_total_time=$(or $(SECONDS),30) build/fuzz/$*.corpus tests/fuzz/corpus/$*

install: all
	install -d $(addprefix $(DESTDIR),$(bindir) $(mandir)/man1 $(mandir)/man5 $(mandir)/man7 $(bashdir) $(zshdir) $(fishdir) $(datadir))
	install -m 755 $(CMDS:%=$(B)/bin/%) $(DESTDIR)$(bindir)
	install -m 644 man/*.1 $(DESTDIR)$(mandir)/man1
	install -m 644 man/*.5 $(DESTDIR)$(mandir)/man5
	install -m 644 man/*.7 $(DESTDIR)$(mandir)/man7
	cp -R share/schemas share/examples share/slurm share/proto share/systemd $(DESTDIR)$(datadir)
	set -e; for c in $(CMDS); do install -m 644 completions/$$c.bash $(DESTDIR)$(bashdir)/$$c; \
		install -m 644 completions/$$c.zsh $(DESTDIR)$(zshdir)/_$$c; \
		install -m 644 completions/$$c.fish $(DESTDIR)$(fishdir)/$$c.fish; done
clean: ; rm -rf build

.PHONY: all deps deps-extra demo check check-unit check-cmd check-hub check-corpus check-docs check-style docs golden bench install clean
.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)
