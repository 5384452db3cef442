# Every command of the project; `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The one place where the build's flags are set; every script and tool below
# inherits them. SQLite needs cgo, and its full-text search the tag. Version
# stamping is off because it fails in checkouts that another user owns. Paths
# are trimmed, so that two checkouts build the same binary, and build it once.
export GOFLAGS := -tags=sqlite_fts5 -buildvcs=false -trimpath
export CGO_ENABLED := 1
# SQLite's count of all memory that it holds, which nobody reads, costs an import 4 %.
export CGO_CFLAGS := -g -O2 -DSQLITE_DEFAULT_MEMSTATUS=0

# Two packages at a time: browser, PostgreSQL and plugin processes run beside them.
# The limit is for what never ends; on a slow and busy machine, too, no package
# takes a third of it. The targets below have called go vet with all that it looks
# for, so that the part of it that go test would repeat is left out.
GO_TEST := go test -race -p 2 -timeout 45m -vet=off
# Packages are tested and reported in this order: the one that takes longest begins
# while there are others to run beside it, and what is quick has told before.
PACKAGES := ./addon/... ./plugins/... ./server/e2e ./...
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

WEB := server/web
WEB_SOURCES := $(shell find $(WEB) -type f \( -path '$(WEB)/src/*' -o -path '$(WEB)/public/*' \)) \
	$(wildcard $(WEB)/index.html $(WEB)/vite.config.* $(WEB)/tsconfig*.json)
CLIENTS := server/e2e/testdata/clients
PLUGINS := $(dir $(wildcard plugins/*/cmd/girosync-provider-*/main.go))

.NOTPARALLEL:
.PHONY: help build run test check lint generate bench soak described clean dependencies host plugins dashboard licences vulncheck

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' Makefile

build: dependencies dashboard host plugins ## bin/girosync and bin/plugins/, the dashboard in it

run: build ## build all, then serve the demo on http://127.0.0.1:8069
	bin/girosync demo

test: build $(CLIENTS)/node_modules/.package-lock.json ## every test, with the race detector, on SQLite and PostgreSQL, in a browser
	@scripts/dependencies test
	$(if $(wildcard $(WEB)/vitest.config.* $(WEB)/vite.config.*),cd $(WEB) && npm test)
	go vet ./...
	$(GO_TEST) $(PACKAGES)

check: ## what to run before a commit: vet, the plan of the house, tests without whole hosts (< 90 s)
	@scripts/dependencies build
	go vet ./...
	$(GO_TEST) ./server/archtest
	$(GO_TEST) -short $$(go list ./... | grep -vE '/server(/e2e|/databases|/guide|/simulation)?$$|/addon/onlinesync$$')

lint: $(if $(wildcard $(WEB)/package.json),$(WEB)/node_modules/.package-lock.json) ## formatting, vet, staticcheck, TypeScript
	scripts/formatted
	go vet ./...
	go run $(STATICCHECK) ./...
	$(if $(wildcard $(WEB)/tsconfig.json),cd $(WEB) && npm run lint)

licences: ## the licence of everything that is built in
	@go run ./scripts/licences

vulncheck: ## known vulnerabilities in what is called, where their data can be reached
	@scripts/vulncheck

generate: ## write again what is generated (protobuf)
	scripts/generate

bench: build ## measure, each figure beside its floor
	@scripts/dependencies bench
	$(if $(wildcard scripts/bench),scripts/bench,@echo "There are no benchmarks yet."; exit 1)

soak: build described ## the long tests, until they end or you stop them
	@scripts/dependencies test
	GIROSYNC_SOAK=1 go test -p 1 -run Soak -timeout 0 -v ./addon/onlinesync/importing ./addon/onlinesync ./plugins/files ./server ./server/e2e ./server/simulation

described: build ## hold what providers and stand-ins say to each other against the vendors' descriptions
	go test -tags=sqlite_fts5,described -timeout 45m \
		./plugins/sdk/rest/resttest/described ./plugins/enablebanking ./plugins/plaid

clean: ## remove what was built
	rm -rf bin
	find $(WEB)/dist -mindepth 1 ! -name .gitkeep -delete

# The parts of build. Go knows best what is stale; npm and Vite do not, so
# their rules compare times (npm leaves node_modules/.package-lock.json).

dependencies:
	@scripts/dependencies build

host:
	$(if $(wildcard server/cmd/girosync/*.go),go build -o bin/girosync ./server/cmd/girosync)

plugins:
	@mkdir -p bin/plugins
	$(if $(PLUGINS),go build -o bin/plugins/ $(addprefix ./,$(PLUGINS)))
	@scripts/trust bin/plugins

dashboard: $(if $(wildcard $(WEB)/index.html),$(WEB)/dist/index.html)

host: dashboard

$(WEB)/dist/index.html: $(WEB_SOURCES) $(WEB)/node_modules/.package-lock.json
	cd $(WEB) && npm run build
	@touch $@

%/node_modules/.package-lock.json: %/package.json %/package-lock.json
	cd $* && npm ci --no-audit --no-fund
	@touch $@
