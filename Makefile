# The only prerequisites: git, make, Node 20 or newer with npm. Every target sets up what it needs.
# npm puts node_modules/.bin first in PATH, where the pinned Node of the project is.
RUN := npm run -s

.PHONY: help setup demo test e2e faults soak check lint bench

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install npm packages, redis-server and the pinned tools
	@sh tools/setup.sh

demo: setup ## Push to Git and watch the cluster follow; ARGS=--once ends by itself
	@$(RUN) landfall -- demo $(ARGS)

test: setup ## Run the test suite
	@$(RUN) test

# A Gitea of their own: minutes to build where it cannot be downloaded, which no other target pays.
e2e: setup ## Run the slow end-to-end tests, the fault suite in small among them
	@$(RUN) tools -- gitea
	-@sh tools/setup-containers.sh
	@$(RUN) test:e2e

faults: setup ## Run the fault suite in full; FAULT_SEED=N repeats a run
	@$(RUN) test:faults

soak: setup ## Push and break things for MINUTES=10, and look for leaks
	@MINUTES=$(or $(MINUTES),10) $(RUN) test:soak

bench: setup ## Measure, and compare with applying by hand; ARGS='--only NAME --rounds N --json'
	@$(RUN) bench -- $(ARGS)

lint: setup ## Format, lint, types, import rules, dead exports
	@$(RUN) check:static

check: lint test ## Everything a change must pass, but for e2e
