# microts: make targets. `make` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
GO      ?= go
LDFLAGS := -s -w -X microts/internal/cli.version=$(VERSION)

# What the link needs, by the name of the Debian package.
PACKAGES := librocksdb-dev libsnappy-dev liblz4-dev libzstd-dev libbz2-dev zlib1g-dev
# What only the tests need: a browser for the report, a Slurm for its example, pandas, which
# reads what was exported.
TEST_PACKAGES := chromium slurmctld slurmd slurm-client munge python3-pandas
# What only the benchmark needs: the original runs on LuaJIT.
BENCH_PACKAGES := luajit lua5.1

# The packages, the one that takes longest first: the others run beside it.
ALL := ./store ./...

# A number of runs, since "go test" fails now and then at the end of a duration.
FUZZTIME ?= 4000x
# Those of a package stand together: its test program is built once.
FUZZERS := \
	./internal/archive:FuzzManifest \
	./internal/batch:FuzzReadJournal \
	./internal/calendar:FuzzDefinition \
	./internal/compat:FuzzJSON ./internal/compat:FuzzCSV ./internal/compat:FuzzBuffer \
	./internal/compat/ffi:FuzzDeclare \
	./internal/expr:FuzzParse \
	./internal/frame:FuzzParseLayout \
	./internal/importer:FuzzCSV ./internal/importer:FuzzJSON ./internal/importer:FuzzExpressions ./internal/importer:FuzzTimes ./internal/importer:FuzzCodes \
	./internal/luavm/code:FuzzLoadDump \
	./internal/luavm/lib:FuzzPattern ./internal/luavm/lib:FuzzUnpack \
	./internal/luavm/syntax:FuzzParse \
	./internal/series:FuzzParseSpan \
	./internal/sst:FuzzTable \
	./internal/tick:FuzzDecodeRecord ./internal/tick:FuzzDecodePoint ./internal/tick:FuzzDecodeValue ./internal/tick:FuzzParseTime \
	./internal/tickfile:FuzzDecode ./internal/tickfile:FuzzOpen \
	./luabind:FuzzPackedRows \
	./store:FuzzDecodeKey ./store:FuzzVerifyBatch ./store:FuzzParseLeftBuffer ./store:FuzzParseManifest ./store:FuzzWAL

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

.PHONY: deps
deps: ## install the Debian packages that are missing
	@scripts/deps.sh $(PACKAGES)

.PHONY: build
build: deps ## build bin/microts
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/microts .

.PHONY: demo
demo: build ## build, write 5,000,000 ticks and read one second of them
	rm -rf data/demo
	bin/microts scripts/writer.lua data/demo | tail -n 3
	bin/microts scripts/reader.lua data/demo | tail -n 3
	bin/microts examples/explore.lua data/demo

.PHONY: factors
factors: build ## compute the factors of examples/factors on made-up ticks
	rm -rf data/factors runs/generate runs/factors
	bin/microts batch examples/factors/generate.lua --db data/factors --durability none \
		--param-file examples/factors/universe.csv --dates 2023-11-13..2023-11-17 --run runs/generate -q
	bin/microts batch --config examples/factors/microts.toml --run runs/factors -q

.PHONY: test
test: test-deps lint ## run the linters and all tests, with the race detector too, and the fuzzers briefly
	$(GO) test -timeout 30m $(ALL)
	$(MAKE) race
	$(MAKE) fuzz

.PHONY: test-deps
test-deps: deps ## install the Debian packages that the tests need, their S3 server and DuckDB
	@scripts/deps.sh $(TEST_PACKAGES)
	@scripts/duckdb.sh >/dev/null
	@GO="$(GO)" scripts/versitygw.sh >/dev/null
	@GO="$(GO)" scripts/k8s-validate.sh >/dev/null

.PHONY: race
race: deps ## run the tests with the race detector
	$(GO) test -race -short -timeout 30m $(ALL)

.PHONY: fuzz
fuzz: deps ## run each fuzzer for FUZZTIME
	@mkdir -p bin; built=; for f in $(FUZZERS); do \
		package=$${f%%:*}; \
		if [ "$$built" != $$package ]; then $(GO) test -c -fuzz . -o bin/fuzz.test $$package || exit 1; built=$$package; fi; \
		echo "fuzz $$f"; \
		(cd $$package && $(CURDIR)/bin/fuzz.test -test.run '^$$' -test.fuzz "^$${f##*:}$$" -test.fuzztime $(FUZZTIME) -test.fuzzminimizetime 10x \
			-test.fuzzcachedir "$$($(GO) env GOCACHE)/fuzz/microts/$$package") >bin/fuzz.log 2>&1 || { cat bin/fuzz.log; exit 1; }; \
	done; rm -f bin/fuzz.log bin/fuzz.test

.PHONY: torture
torture: test-deps ## open databases ROUNDS times beside writers, cut, flip and remove their files, and kill sealers and servers
	MICROTS_ROUNDS=$(or $(ROUNDS),2000) $(GO) test ./store -count 1 -timeout 3h -v -run 'TestReadersSeeAStateThatWas|TestDamaged|TestKilled|TestReboot|TestFlippedBit|TestCutWAL|TestPowerFailure'
	MICROTS_ROUNDS=$(or $(ROUNDS),2000) $(GO) test ./store ./internal/sst -count 1 -timeout 3h -v -run 'TestReadsWhat|TestCheck|TestEachDamage'
	MICROTS_ROUNDS=$(or $(ROUNDS),200) $(GO) test ./internal/cli -count 1 -timeout 3h -v -run 'TestSealerKilled|TestFolderSealerKilled|TestEightSealers|TestServerKilled|TestReadersBesideSealers'
	MICROTS_ROUNDS=$(or $(ROUNDS),2000) $(GO) test ./internal/stdio -count 1 -timeout 3h -run TestStreamIsAFileWithoutBuffer

.PHONY: random
random: deps ## run ROUNDS random Lua programs on the engine of internal/luavm and on luajit
	@scripts/deps.sh $(BENCH_PACKAGES)
	MICROTS_ROUNDS=$(or $(ROUNDS),20000) $(GO) test ./internal/luavm -count 1 -timeout 3h -run TestRandomPrograms

.PHONY: ceph
ceph: deps ## run the archive on a real Ceph whose disks die; unpacks Ceph, which it does not install
	@scripts/ceph.sh >/dev/null
	MICROTS_CEPH=1 $(GO) test ./internal/objects ./internal/cli -count 1 -timeout 30m -v -run TestCeph

.PHONY: lint
lint: deps ## check formatting, vet and staticcheck
	@out="$$($(GO) tool gofumpt -l .)"; if [ -n "$$out" ]; then echo "not formatted (make fmt):"; echo "$$out"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

.PHONY: fmt
fmt: ## format the code
	$(GO) tool gofumpt -w .

.PHONY: vuln
vuln: ## look for known vulnerabilities; needs the database on the network
	$(GO) run golang.org/x/vuln/cmd/govulncheck@latest ./...

.PHONY: bench
bench: build ## measure against the LuaJIT original, a table and bench/results/*.json
	@scripts/deps.sh $(BENCH_PACKAGES)
	$(GO) run ./bench

.PHONY: bench-peers
bench-peers: build ## measure imports, bars and exports against DuckDB
	@scripts/duckdb.sh >/dev/null
	$(GO) run ./bench/peers

.PHONY: bench-go
bench-go: deps ## run the Go micro-benchmarks, for benchstat
	$(GO) test -run '^$$' -bench . -count $(or $(COUNT),6) ./store ./luabind

.PHONY: pgo
pgo: build ## make the profile default.pgo anew, which the build then uses
	@scripts/pgo.sh

.PHONY: generate
generate: deps ## write the tables of the documents from the code anew
	$(GO) generate ./...

.PHONY: notices
notices: deps ## write NOTICES, the licences of what the binary contains, anew
	$(GO) run ./internal/notices .

.PHONY: session
session: test-deps ## record the console's session and the picture of a report in the documents anew
	$(GO) test ./internal/cli -run 'TestSession|TestFactors' -update

.PHONY: clean
clean: ## remove what was built and the demo's data
	rm -rf bin data/demo data/factors runs/generate runs/factors bench/results
