# make bench    the four notebooks into out/, then a table, a report and the path of the plot
# make test     lint, types, unit and generated tests, doctests, the notebooks under nbval
# make kaggle-dataset   build/kaggle: the dataset of wheels, and the notebooks as they run from it
# make kaggle-push      sends both to Kaggle; needs KAGGLE_USERNAME and KAGGLE_KEY
# make gpu      the tests that need a GPU, and its benchmark; without one it says so and times the cores alone
# make fuzz     feeds the machine hostile programs for SECONDS=60, on one core (needs clang); tests/fuzz says how
# make clean    removes what the others made
#
# VENV= installs nothing and takes the Python that is there, for machines without a network: make gpu VENV=
#
# The parameters of the notebooks are variables of make, several values a sweep: make bench SAMPLES=8 WORKERS=1,2

PYTHON = python3
VENV = .venv
OUT = out
SECONDS = 60
PARAMETERS = TASKS SAMPLES BATCH_SIZES WORKERS ENGINE SEED TIMEOUT OVERHEAD_SECONDS

given = $(findstring command line,$(origin $(1)))
option = --$(shell echo $(1) | tr A-Z_ a-z-)
# Batch sizes are lists: a sweep of them has a space between two.
values = $(if $(filter BATCH_SIZES,$(1)),$(foreach list,$($(1)),$(call option,$(1)) '$(list)'),$(call option,$(1)) '$($(1))')
OPTIONS = $(foreach name,$(PARAMETERS),$(if $(call given,$(name)),$(call values,$(name))))

KNOWN = PYTHON VENV OUT SECONDS $(PARAMETERS)
UNKNOWN := $(foreach name,$(filter-out $(KNOWN),$(.VARIABLES)),$(if $(call given,$(name)),$(name)))
ifneq ($(strip $(UNKNOWN)),)
$(error unknown variable: $(strip $(UNKNOWN)); there are $(KNOWN))
endif

BIN = $(if $(VENV),$(VENV)/bin,$(patsubst %/,%,$(dir $(shell command -v $(PYTHON)))))
# What is compiled: installing again is needed when one of these has changed, not when Python files have.
SOURCES = pyproject.toml CMakeLists.txt $(wildcard tokpidjin/engines/vm/*)
NBVAL = build/nbval
KAGGLE = build/kaggle

.PHONY: bench test gpu kaggle-dataset kaggle-push fuzz clean

bench: $(VENV:%=%/.notebook)
	$(BIN)/tokpidjin bench --out '$(OUT)' $(OPTIONS)

test: $(VENV:%=%/.notebook,test)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q -n 2 --dist loadfile -m 'not minutes'
	$(BIN)/pytest -q --doctest-modules tokpidjin
	rm -rf $(NBVAL)
	$(BIN)/tokpidjin bench --prepare-only --out $(NBVAL) --samples 4 --batch-sizes 1,4 --workers 2 --overhead-seconds 2
	$(BIN)/papermill --prepare-only notebooks/05_submission.ipynb $(NBVAL)/05_submission.ipynb -p out $(CURDIR)/$(NBVAL) -p seconds 5
	$(BIN)/papermill --prepare-only notebooks/06_explorer.ipynb $(NBVAL)/06_explorer.ipynb -p samples 20
	$(BIN)/pytest -q --nbval-lax --nbval-cell-timeout=120 $(NBVAL)

kaggle-dataset: $(VENV:%=%/.notebook,test)
	$(BIN)/python3 kaggle_dataset/assemble.py $(KAGGLE)

kaggle-push: kaggle-dataset
	$(BIN)/python3 kaggle_dataset/push.py $(KAGGLE)

gpu: $(VENV:%=%/.gpu,test)
	$(BIN)/python3 -m tokpidjin doctor
	$(BIN)/pytest -q -m gpu -rs tests/engines
	$(BIN)/python3 tests/benchmarks/gpu.py --readme README.md
	$(BIN)/python3 tests/benchmarks/lanes.py

fuzz: $(VENV:%=%/.notebook,test)
	$(BIN)/python3 tests/fuzz/fuzz.py --seconds $(SECONDS)

# Named by the extras that are installed. Editable, so that results can name the commit they were made with.
$(VENV)/.%: $(SOURCES)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo 'Python 3.11 or newer is needed, as in: make PYTHON=python3.12'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python3 -m pip install --quiet --disable-pip-version-check --no-compile --editable '.[$*]'
	touch $@

clean:
	rm -rf $(VENV) build out
