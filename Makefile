# Every target works on a fresh machine with cargo, rustup, Node ≥ 20, npm, python3 and apt: what is
# missing is installed. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help dev test clean-data key prices bench fuzz chaos audit deploy

PORT ?= 8787
SAMPLE ?= 1
LISTEN ?= 127.0.0.1

help: ## Shows this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | awk -F'|' '{printf "  make %-12s %s\n", $$1, $$2}'

dev: ## Starts the suite with sample data on http://127.0.0.1:8787 (PORT=… for another port, SAMPLE=0 for an empty ledger)
	@PORT="$(PORT)" SAMPLE="$(SAMPLE)" LISTEN="$(LISTEN)" scripts/run dev.ts

test: ## Runs every check and test (ONLY=name,… for some of them; FULL=1 for all cases, as before a release)
	@scripts/run test.ts

clean-data: ## Forgets the local ledger, its keys and its logs
	@if [ -f .dev/process ] && kill -0 "$$(cat .dev/process)" 2>/dev/null; then echo "'make dev' is running: stop it first (Ctrl-C, or kill $$(cat .dev/process))." >&2; exit 1; fi
	@rm -rf .dev
	@echo "The local ledger, its keys and its logs are gone."

key: ## Makes an API key in the local ledger (NAME=… SCOPES="ingest read" USER_ID=… REMOTE=1 for the deployed one)
	@scripts/run make-key.ts

prices: ## Refreshes the vendored price snapshot from the packages that publish it
	@python3 pricing/build_snapshot.py

bench: ## Measures prices, ingestion, queries, upkeep and dashboard (ONLY=name,… for some of them)
	@scripts/run bench.ts

fuzz: ## Runs schemathesis against the three contracts on a suite of its own
	@scripts/run fuzz.ts

chaos: ## Kills the runtime in the middle of every job, and any history in any order (SEEDS=100, HISTORIES=10000)
	@scripts/run chaos.ts

audit: ## Looks for known faults and unwanted licences in the packages, where their data can be had
	@scripts/run audit.ts

deploy: ## Creates or updates the suite on Cloudflare (needs CLOUDFLARE_API_TOKEN, or a wrangler login)
	@scripts/run deploy.ts
