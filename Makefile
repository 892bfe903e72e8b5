# Portcullis: everything a developer runs. Each target does the set-up it needs on a fresh machine.
.DEFAULT_GOAL := help
.PHONY: help run demo test e2e bench cluster lint house build cli apiserver charttools gateways generate format setup image demoimage base clusterimages

# Node.js comes from the package "node", whatever the machine has; only npm, which installs it, is the machine's own.
HOST_PATH := $(PATH)
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## a guarded demo API behind a real Envoy on 127.0.0.1:8080; stays up (EXAMPLE=mcp: an MCP server)
	@node dev/run.ts

demo: build ## the same, takes the tour by itself and exits
	@node dev/demo.ts

test: build apiserver charttools gateways ## unit and property tests, real Envoy, real kube-apiserver, Keycloak, helm
	@vitest run

# Most of the time the tests wait for pods: two halves run at the same time, and CLUSTER=1 gives one a cluster of its own.
# What gateways need stays in their cluster, and the release's tests look for what is left of it: so neither comes after the
# other without a new start. Where somebody else's cluster is used, there is none of ours to test, and its images are made
# elsewhere; Istio's can be had for ours alone.
E2E := vitest run --outputFile.json=.cache/test-results
E2E_CLUSTER := $(E2E)/e2e-cluster.json --config test/cluster/vitest.config.ts
E2E_PODS := --config test/e2e/vitest.config.ts
e2e: build apiserver charttools gateways ## a real node with real pods (as root; E2E_KUBECONFIG names another cluster)
	@if [ -n "$$E2E_KUBECONFIG" ]; then \
		$(E2E)/e2e.json $(E2E_PODS) --project beside --project alone --project release && \
		exec $(E2E)/e2e-gateways.json $(E2E_PODS) --project envoy-gateway; exit; \
	fi; \
	node test/image/base.ts >/dev/null || exit; \
	(export CLUSTER=1; code=0; \
		$(E2E_CLUSTER) || code=$$?; \
		$(E2E)/e2e-release.json $(E2E_PODS) --project release || code=$$?; \
		$(E2E)/e2e-istio.json $(E2E_PODS) --project istio || code=$$?; exit $$code) & half=$$!; \
	$(E2E)/e2e.json $(E2E_PODS) --project beside --project alone --project envoy-gateway; code=$$?; \
	wait $$half && exit $$code

bench: build gateways ## measure, and write docs/benchmarks.md (BENCH=short for a quick one)
	@node test/bench/main.ts

lint: setup ## types, style, import rules, names, unused code
	@failed=0; for check in tsc 'tsc -p src/console/browser' 'biome check --error-on-warnings .' 'node tools/import-rules.ts' 'node tools/names.ts' 'knip --no-progress'; do \
		$$check || { failed=1; echo "make lint: $$check found something" >&2; }; \
	done; exit $$failed

house: apiserver charttools ## measures of the code: sizes, names, what a change touches, what two ways call
	@node tools/house.ts

cluster: setup ## a local Kubernetes that stays up (as root); node test/cluster/main.ts down ends it
	@node test/cluster/main.ts up

build: setup ## the command: dist/, then ./bin/portcullis
	@node tools/bundle.ts
	@for command in '' operator validator; do ./bin/portcullis $$command --help >/dev/null || exit 1; done

cli: build ## the command as one file, with Node.js in it (PLATFORMS=all, or linux-x64, linux-arm64, darwin-x64, darwin-arm64)
	@node tools/cli/make.ts

image: setup ## the container image and dist/image.tar, by docker, podman or buildah (IMAGE=, BASE=, IMAGE_ARCHIVE=)
	@node tools/image/make.ts

demoimage: setup ## the image of examples/kubernetes: an identity provider and an API for a first look
	@node tools/image/make.ts demo

base: setup ## a base for the images where none can be pulled (as root): make image $$(make -s base)
	@node test/image/base.ts

clusterimages: setup ## all images that README.md needs, on that base, into the cluster of make cluster (as root)
	@node test/cluster/main.ts images

apiserver: setup ## build the programs of Kubernetes for the tests (once, some minutes)
	@node test/apiserver/binaries.ts

charttools: setup ## build helm, promtool and Argo CD's Lua for the chart's tests (once, some minutes)
	@node test/chart/programs.ts

gateways: apiserver ## build the gateways that tests put in front of validators (once, some minutes)
	@node test/gateways/programs.ts

generate: setup ## types and code from crds/ and proto/
	@node tools/generate.ts

format: setup ## let Biome put everything in order
	@biome check --write .

setup: # npm packages, Node.js among them
	@PATH="$(HOST_PATH)" sh tools/setup.sh
