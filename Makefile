# The one-liners. The build itself is Meson's (meson.build); this only names what people type.
#   make                   builds build/haven          make check             every test; ends "N passed, N failed"
#   make demo [SERVE=0]    the fictional county        make bench             beside its peers
#   make bench-pairs       pairs scored a second a core       make bits     gcc, clang, 1, 2, 8 threads: the same bytes
#   make fuzz SECONDS=60   each parser for so long     make install           [DESTDIR=…]
#   make bench-growth      time and memory of a linkage from 10,000 to 10,000,000 records
#   make bench-train       training beside the real Splink 5; HAVEN_PEER_PYTHON names its Python
#   make powercut          1,000 power cuts and 50 kills of a store at work
#   make permutations      200 orders of arrival, the same beliefs      make kills    50 loads killed at work
#   make ledger-crashes   300 kills and 1,000 power cuts of a ledger at work
#   make ledger-mutations 100,000 changes of a published log, and of the database's rows, all found   make ledger-strangers   a million entries, checked by Go
#   make golden            the models of every level beside the real Splink 5 (HAVEN_PEER_PYTHON names its Python), ROWS=6000 made records
#   make havenlink-peer    pyarrow's tables through the library; HAVEN_PEER_PYTHON: a Python with pyarrow and cffi
#   make coverage          branches and MC/DC that tests of access and ledger reach      make access-bugs      30 bugs seeded into the rules of access, all found
#   make access-long       ten million sets against single decisions, ten million questions a property
#   make access-model      the rules of access against a second model made from docs/access.md: ten million questions at random, 3.1 thousand million of a lattice
#   make closed-timing  100,000 pairs of look-ups: a closed record takes as long as none
#   make fail-closed       writes, syncs, allocations of every look at a person fail; FAIL_POINTS=N: a sample, all: days
#   make sealed            1,000 people looked for in the bytes on disk, on both databases
# Meson must run on Debian's python3: another one first in the PATH does not know it.
export PATH := /usr/bin:$(PATH)

SECONDS ?= 60
SERVE ?= 1
PEOPLE ?= 50000
SEED ?= 1
NOISE ?= 1
LISTEN ?= 127.0.0.1:8080

.PHONY: all check golden coverage access-long access-model access-bugs powercut permutations kills sealed fail-closed havenlink-peer ledger-mutations ledger-crashes ledger-strangers bench bench-growth bench-ledger bench-train fuzz install demo deps clean
all: build/build.ninja
	@tools/ninja.sh build

deps:
	@tools/install-deps.sh build

build/build.ninja: | deps
	@meson setup build -Dtests=false >build.log 2>&1 || { cat build.log; rm -f build.log; exit 2; }
	@rm -f build.log

check:
	@tools/check.sh

# The long forms of what make check does shortly, on a build as released.
build/long/build.ninja:
	@tools/install-deps.sh check
	@meson setup build/long -Dtests=true >/dev/null

powercut: build/long/build.ninja
	@tools/ninja.sh build/long tests/store/test_store_powercut tests/store/test_store_keep
	@HAVEN_POWERCUTS=1000 build/long/tests/store/test_store_powercut
	@HAVEN_KILLS=50 tests/support/with_pg.py build/long/tests/store/test_store_keep

long := build/long/tests/acceptance
acceptance = tests/acceptance/fresh_directory.sh $(long)/$@ python3 tests/acceptance
.PHONY: long
long: build/long/build.ninja
	@tools/ninja.sh build/long haven tests/acceptance/hub_digest tests/acceptance/bytesearch

HAVEN_PEER_PYTHON ?= python3
ROWS ?= 6000
golden: long
	@$(HAVEN_PEER_PYTHON) bench/peers/golden.py compare build/long/haven $(ROWS)
# Arrow's own tables through the library, against the program on CSV: needs a Python with pyarrow and cffi.
havenlink-peer: build/long/build.ninja
	@tools/ninja.sh build/long haven src/havenlink/libhavenlink.so.0.1.0
	@$(HAVEN_PEER_PYTHON) tests/havenlink/peer_pyarrow.py . build/long

permutations: long
	@HAVEN_PERMUTATIONS=200 $(acceptance)/permute.py build/long/haven $(long)/hub_digest

kills: long
	@HAVEN_KILLS=50 $(acceptance)/kill_load.py build/long/haven $(long)/hub_digest --people 2000

closed-timing: build/long/build.ninja
	@tools/ninja.sh build/long tests/flow/time_closed tests/flow/test_flow_closed
	@HAVEN_CLOSED_PAIRS=100000 build/long/tests/flow/time_closed
	@HAVEN_CLOSED_ROUNDS=200 tests/support/with_pg.py build/long/tests/flow/test_flow_closed

sealed: long
	@$(acceptance)/sealed_bytes.py build/long/haven $(long)/bytesearch --people 1000
	@tests/support/with_pg.py $(acceptance)/sealed_bytes.py build/long/haven $(long)/bytesearch --people 1000 --pg

FAIL_POINTS ?= long
fail-closed: long
	@tools/ninja.sh build/long tests/acceptance/libfailing.so
	@HAVEN_FAIL_POINTS=$(FAIL_POINTS) $(acceptance)/fail_closed.py build/long/haven $(long)/libfailing.so

ledger-mutations: build/long/build.ninja
	@tools/ninja.sh build/long tests/ledger/test_mutations tests/ledger/test_rows
	@HAVEN_LEDGER_MUTATIONS=100000 build/long/tests/ledger/test_mutations
	@HAVEN_LEDGER_MUTATIONS=100000 build/long/tests/ledger/test_rows

ledger-crashes: build/long/build.ninja
	@tools/ninja.sh build/long tests/ledger/test_crash
	@HAVEN_LEDGER_KILLS=300 HAVEN_LEDGER_CUTS=1000 tests/support/with_pg.py build/long/tests/ledger/test_crash

ledger-strangers: build/long/build.ninja
	@tools/ninja.sh build/long haven tests/ledger/make_log
	@python3 tests/ledger/go_check.py build/long/haven build/long/tests/ledger/make_log . 1000000

coverage:
	@tools/coverage.sh

access-long: build/long/build.ninja
	@tools/ninja.sh build/long tests/access/test_access_scope tests/access/test_access_properties
	@HAVEN_ACCESS_SETS=10000000 build/long/tests/access/test_access_scope
	@HAVEN_ACCESS_QUESTIONS=10000000 build/long/tests/access/test_access_properties

access-model: build/long/build.ninja
	@tools/ninja.sh build/long tests/access/decide_many
	@python3 tests/access/differential.py build/long/tests/access/decide_many --random 10000000 --lattice

access-bugs:
	@tools/install-deps.sh check
	@python3 tests/access/seeded/run.py .

fuzz:
	@tools/install-deps.sh check
	@tools/fuzz.sh build/fuzz $(SECONDS)

bench: all
	@tools/install-deps.sh bench
	@python3 bench/bench.py build/haven build/bench
	@$(MAKE) --no-print-directory bench-ledger

# How time and memory of a linkage grow to ten million records.
bench-growth: all
	@python3 bench/growth.py build/haven build/bench

# Training from CSV to model, beside the real Splink 5.
bench-train: all
	@python3 bench/train.py build/haven build/bench

# What a look costs beside a bare fdatasync: on the disk that the build is on.
bench-ledger: build/long/build.ninja
	@tools/ninja.sh build/long tests/ledger/bench_ledger
	@mkdir -p build/bench && TMPDIR=build/bench build/long/tests/ledger/bench_ledger 2000 | grep -v '^\['

# Pairs scored a second, a core, and two threads against one.
bench-pairs: build/long/build.ninja
	@tools/ninja.sh build/long tests/linkage/bench_pairs
	@mkdir -p build/bench && test -f build/bench/persons-1000000.csv || python3 bench/persons.py 1000000 build/bench/persons-1000000.csv 42
	@build/long/tests/linkage/bench_pairs build/bench/persons-1000000.csv 5 bench/rich_model.json bench/rich_model_a.json

# The same bytes from both compilers' builds, over threads.
bits: all
	@test -d build/clang || CC=clang meson setup build/clang -Dtests=false >/dev/null
	@tools/ninja.sh build/clang haven
	@tools/bits.sh build/haven build/clang/haven build/bits

demo: deps all
	@python3 tools/demo.py build/haven build/demo $(PEOPLE) $(SEED) $(NOISE)
ifneq ($(SERVE),0)
	@HAVEN_DB=build/demo/haven.db HAVEN_USER=demo.reviewer HAVEN_PURPOSE=safeguarding build/haven serve --listen $(LISTEN)
endif

install: all
	@meson install -C build --no-rebuild --quiet

clean:
	@rm -rf build
