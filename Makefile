# make bench    the four notebooks into out/, then a table and the path of the plot
# make test     lint, types, unit and generated tests, doctests, the notebooks under nbval
# make clean    removes what the others made
#
# The parameters of the notebooks are variables of make: make bench SAMPLES=8 WORKERS=2

PYTHON = python3
VENV = .venv
OUT = out
PARAMETERS = TASKS SAMPLES BATCH_SIZES WORKERS ENGINE SEED TIMEOUT OVERHEAD_SECONDS

given = $(findstring command line,$(origin $(1)))
option = --$(shell echo $(1) | tr A-Z_ a-z-) '$($(1))'
OPTIONS = $(foreach name,$(PARAMETERS),$(if $(call given,$(name)),$(call option,$(name))))

KNOWN = PYTHON VENV OUT $(PARAMETERS)
UNKNOWN := $(foreach name,$(filter-out $(KNOWN),$(.VARIABLES)),$(if $(call given,$(name)),$(name)))
ifneq ($(strip $(UNKNOWN)),)
$(error unknown variable: $(strip $(UNKNOWN)); there are $(KNOWN))
endif

BIN = $(VENV)/bin
INSTALLED = $(VENV)/.installed
SOURCES = pyproject.toml $(wildcard CMakeLists.txt tokpidjin/engines/vm/*)
NBVAL = build/nbval

.PHONY: bench test clean

bench: $(INSTALLED)
	$(BIN)/tokpidjin bench --out '$(OUT)' $(OPTIONS)

test: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q -n 2 --dist loadfile
	$(BIN)/pytest -q --doctest-modules tokpidjin
	rm -rf $(NBVAL)
	$(BIN)/tokpidjin bench --prepare-only --out $(NBVAL) --samples 6 --batch-sizes 1,6 --workers 2 --overhead-seconds 4
	$(BIN)/pytest -q --nbval-lax --nbval-cell-timeout=120 $(NBVAL)

# Editable, so that results can name the commit they were made with; again only when what is compiled has changed.
$(INSTALLED): $(SOURCES)
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or newer is needed: make PYTHON=python3.12"'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[notebook,test]'
	touch $@

clean:
	rm -rf $(VENV) build out
