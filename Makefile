# Portcullis: everything a developer runs. Each target does the set-up it needs on a fresh machine.
.DEFAULT_GOAL := help
.PHONY: help run demo test bench lint build apiserver charttools generate format setup

# Node.js comes from the package "node", whatever the machine has; only npm, which installs it, is the machine's own.
HOST_PATH := $(PATH)
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## a guarded demo API behind a real Envoy on 127.0.0.1:8080; stays up
	@node dev/run.ts

demo: build ## the same, takes the tour by itself and exits
	@node dev/demo.ts

test: build apiserver charttools ## unit and property tests, real Envoy, real kube-apiserver, Keycloak, helm
	@vitest run

bench: build ## measure, and write docs/benchmarks.md (BENCH=short for a quick one)
	@node test/bench/main.ts

lint: setup ## types, style, import rules, unused code
	@tsc
	@biome check --error-on-warnings .
	@node tools/import-rules.ts
	@knip --no-progress

build: setup ## the command: dist/, then ./bin/portcullis
	@node tools/bundle.ts
	@./bin/portcullis --help >/dev/null
	@./bin/portcullis validator --help >/dev/null

apiserver: setup ## build etcd, kube-apiserver and kubectl for the tests (once, a few minutes)
	@node test/apiserver/binaries.ts

charttools: setup ## build helm and Argo CD's Lua for the chart's tests (once, two minutes)
	@node test/chart/programs.ts

generate: setup ## types and code from crds/ and proto/
	@node tools/generate.ts

format: setup ## let Biome put everything in order
	@biome check --write .

setup: # npm packages, Node.js among them
	@PATH="$(HOST_PATH)" sh tools/setup.sh
