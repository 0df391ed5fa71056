.PHONY: build test search check release-check workflows vuln bench bench-diff bench-growth bench-peers profile update picture terminal

# The repository that this clone is of, if it is a public address: permc init --ci names it.
REPOSITORY ?= $(shell git config --get remote.origin.url | sed -n 's,^https://\([^/@]*@\)\{0\,1\},https://,p')

# The random projects of the properties: the same in every run, so that a test that fails speaks of the change.
# RAPID_SEED=N make test draws others, 0 others each time.
export RAPID_SEED ?= 1

build: ## build the permc command
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.repository=$(REPOSITORY)" -o permc ./cmd/permc

test check update search: export GOFLAGS += -pgo=off
test: ## run every test, and list those that had to be skipped; offline once modules are downloaded
	@go -C bench run ./cmd/tests .. -timeout 30m -- . -- formats -count=1 -- browser -count=1

search: export RAPID_SEED = 0
search: export RAPID_CHECKS = $(or $(CHECKS),500)
search: ## run each property with new random projects, 500 of them or CHECKS=N; half an hour or more
	go test -count=1 -timeout 0 ./compiler/...

check: ## run what CI runs: format, vet, static analysis, race, goldens, known vulnerabilities
	@fmt=$$(gofmt -l .); if [ -n "$$fmt" ]; then echo "not gofmt-ed:"; echo "$$fmt"; exit 1; fi
	go vet ./...
	go tool -modfile=bench/tools/go.mod staticcheck ./...
	$(MAKE) workflows
	PERMC_PROCESSES=1 go test -race ./...
	go -C bench/formats vet ./... && go -C bench/formats test -count=1 ./...
	go -C bench/browser vet ./... && go -C bench/browser test -count=1 ./...
	go -C bench/peers test -count=1 ./duckdb
	go -C bench/beam vet ./... && go -C bench/beam test -count=1 ./...
	PERMC_UPDATE=1 go test ./compiler/reference/golden ./compiler/edit/fix ./compiler/load ./compiler/load/shape ./cmd/... >/dev/null && git diff --exit-code -- testdata examples docs schema
	$(MAKE) vuln

release-check: ## build the release binaries twice and compare the bytes; TARGETS=linux/amd64 builds some
	.github/release/check.sh $(TARGETS)

workflows: ## run actionlint on our workflow files and on those that permc init writes
	go tool -modfile=bench/tools/go.mod actionlint .github/workflows/*.yml docs/ci/github*.yml compiler/edit/starter/ci/github*.yml

vuln: ## find known vulnerabilities; govulncheck exits with 3 if there are any
	@go tool -modfile=bench/tools/go.mod govulncheck ./... || { [ $$? -ne 3 ] && echo "govulncheck: skipped, its database cannot be reached"; }

bench: ## run the Go benchmarks
	go test -run '^$$' -bench . -benchmem ./...

bench-diff: ## measure diff where few people and everybody change, against compile
	go -C bench run ./cmd/change

bench-growth: ## measure how CPU time grows with each dimension of a project, and draw it; about 10 minutes
	go -C bench run ./cmd/growth --svg $(CURDIR)/docs/pictures/growth.svg

bench-peers: ## compare with scripts, databases and engines; needs python3 and node; about 20 minutes
	go -C bench run ./cmd/peers --write README.md

# PROFILED are the products that make profile measures with.
PROFILED := services-hub own dynamics-365-customer-service@2026-11-22

profile: ## measure where permc spends its time, for go build (cmd/permc/default.pgo); about 8 minutes
	dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && for product in $(PROFILED); do for format in jsonl yaml cue csv; do \
		go -C bench run ./cmd/gen -p $$product -f $$format -n 10000 -o $$dir/$$product.$$format || exit; done; done && \
	PERMC_PROJECTS=$$dir go test -trimpath -pgo=off -run '^$$' -bench Commands -benchtime 3s -o $$dir/permc.test \
		-cpuprofile $(CURDIR)/cmd/permc/default.pgo ./cmd/permc

terminal: build ## draw the README's picture of a terminal; needs Linux
	go -C bench run ./cmd/terminal --output $(CURDIR)/docs/pictures/terminal.svg --dir .. --permc $(CURDIR)/permc \
		"permc check examples/change/after --as-of 2026-12-01" \
		"permc explain ben@contoso.example manage-users examples/change/after --as-of 2026-12-01"

picture: ## take the README's picture of permc report; needs a browser
	PERMC_PICTURE=$(CURDIR)/docs/report.png go -C bench/browser test -count=1 -run TestPicture ./...

update: ## rewrite golden files from what the code does now; read the diff
	PERMC_UPDATE=1 go test ./compiler/reference/golden ./compiler/edit/fix ./compiler/load ./compiler/load/shape ./cmd/...
