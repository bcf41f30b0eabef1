# Needs Python 3.11 or newer and make; everything else goes into .venv.
PYTHON ?= python3.11
VENV ?= .venv
BIN = $(VENV)/bin
# Made again when the dependencies change.
STAMP = $(VENV)/.installed

DEMO = tests/submissions/right_plain.py \
       tests/submissions/wrong_update_never_zeroed.ipynb \
       tests/submissions/wrong_cross_entropy_nan_at_zero.py \
       exercises/lab4.py
CLASS = build/demo-class

.PHONY: demo test lint bench clean

demo: $(STAMP)
	@for file in $(DEMO); do echo; $(BIN)/grade --exit-zero $$file || exit 1; done
	@echo; echo "And a class of 40, made up of known mistakes:"
	@rm -rf $(CLASS)
	@$(BIN)/grader mock-class $(CLASS) --count 40 > /dev/null
	$(BIN)/grader batch $(CLASS)/submissions --roster $(CLASS)/roster.csv --out $(CLASS)/results

test: $(STAMP)
	$(BIN)/python -m pytest

lint: $(STAMP)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(STAMP)
	$(BIN)/python tests/benchmarks/measure.py
	$(BIN)/python tests/benchmarks/measure_batch.py

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $(STAMP)

clean:
	rm -rf $(VENV) dist build
