# Every target prepares what it needs; see packaging/setup.sh.
.PHONY: run test lint types bench fuzz machines audit soak faults screenshots pictures clean setup

PYTHON := .venv/bin/python
OFFSCREEN := QT_QPA_PLATFORM=offscreen

run: ## the desk with an embedded gateway, the sample town and 1,165 simulated terminals
	@packaging/setup.sh run
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then $(PYTHON) -m console --demo; \
	else echo "No display: playing the duty minute headless; see build/run/report.json"; $(OFFSCREEN) $(PYTHON) -m console --demo --rehearse; fi

test: ## everything that must hold
	@packaging/setup.sh test
	@packaging/check.sh

lint: ## style, types and import contracts only
	@packaging/setup.sh test
	@packaging/check.sh lint

bench: ## figures; ONLY=voice for one part
	@packaging/setup.sh test
	@$(OFFSCREEN) $(PYTHON) -m tests.bench $(if $(ONLY),--only $(ONLY))

fuzz: ## every reader of bytes under fire; INPUTS=1000000 ONLY=stun,rtp
	@packaging/setup.sh fuzz
	@$(PYTHON) -m tests.fuzz $(if $(INPUTS),--inputs $(INPUTS)) $(if $(ONLY),--only $(ONLY))

machines: ## floor, call, order and case machines at random; STEPS=1000000 ONLY=floor
	@packaging/setup.sh test
	@$(PYTHON) -m tests.machines $(if $(STEPS),--steps $(STEPS)) $(if $(ONLY),--only $(ONLY))

audit: ## known faults of dependencies, and of our own code; ADVISORIES=FOLDER for a copy of a database of them
	@packaging/setup.sh audit
	@packaging/audit.sh

faults: ## every named fault, those of the network too (as root)
	@packaging/setup.sh test
	@NETWORK_FAULTS=1 $(OFFSCREEN) $(PYTHON) -m pytest tests/faults

soak: ## kill processes at random moments; SECONDS=600 KILLS=1000 SEED=1, KIND=steady for hours of a shift in little time
	@packaging/setup.sh test
	@$(OFFSCREEN) $(PYTHON) -m tests.soak $(if $(KIND),--kind $(KIND)) $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED))

screenshots: ## the pictures of the README, made by the product itself
	@packaging/setup.sh run
	@$(OFFSCREEN) $(PYTHON) -m console --rehearse --pictures build/pictures
	@mkdir -p resources/help/pictures
	@cp build/pictures/talking.png build/pictures/order-sheet.png build/pictures/video-point-call.png resources/help/pictures/

pictures: ## the map over the real data beside the project, for looking at; in build/pictures/real
	@packaging/setup.sh test
	@$(OFFSCREEN) $(PYTHON) -m tests.pictures

clean:
	rm -rf build dist .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
