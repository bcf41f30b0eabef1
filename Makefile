# Needs Python 3.11 or newer and make; everything else goes into .venv.
PYTHON ?= python3.11
VENV ?= .venv
BIN = $(VENV)/bin
# Records that everything is installed; if pyproject.toml is newer, make installs again.
STAMP = $(VENV)/.installed

DEMO = tests/submissions/right_plain.py \
       tests/submissions/wrong_update_never_zeroed.ipynb \
       tests/submissions/wrong_cross_entropy_nan_at_zero.py \
       exercises/lab4.py
CLASS = build/demo-class
PORT ?= 8000

.PHONY: demo serve-demo test test-quick lint bench dist docs update-tools clean

demo: $(STAMP)
	@for file in $(DEMO); do echo; $(BIN)/grade --exit-zero $$file || exit 1; done
	@echo; echo "And a class of 40, made up of known misconceptions:"
	@rm -rf $(CLASS)
	@$(BIN)/grader mock-class $(CLASS) --count 40 > /dev/null
	$(BIN)/grader batch $(CLASS)/submissions --roster $(CLASS)/roster.csv --out $(CLASS)/results

# The service, on SQLite in build/, with a made-up class that hands in for some minutes. Its port can
# be chosen: make serve-demo PORT=8080
serve-demo: $(STAMP)
	@$(BIN)/python tests/serve_demo.py build/serve-demo --port $(PORT)

# A file's tests stay together, as they share graders and verifications that take a while to make.
test: $(STAMP)
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

# The tests that take under two minutes together, to run often; run `test` when a change is done.
test-quick: $(STAMP)
	$(BIN)/python -m pytest --numprocesses auto -m "not slow and not browser"

lint: $(STAMP)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/mypy --platform win32 --no-warn-unreachable --cache-dir .mypy_cache/win32 grader
	$(BIN)/mypy --platform darwin --no-warn-unreachable --cache-dir .mypy_cache/darwin grader
	$(BIN)/lint-imports

# Moves the pinned tools in pyproject.toml to their newest releases.
update-tools: $(STAMP)
	$(BIN)/python .ci/update_tools.py

bench: $(STAMP)
	$(BIN)/python tests/benchmarks/measure.py
	$(BIN)/python tests/benchmarks/measure_batch.py

# The site of docs/, in build/site. Any warning, such as a link that leads nowhere, is an error.
docs: $(STAMP)
	$(BIN)/zensical build --strict --clean

# Two wheels: zerograd for students, with a kit of the lab, and zerograd-lab4 for instructors.
dist: $(STAMP)
	$(BIN)/python -m grader.bundles.dist dist

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $(STAMP)

clean:
	rm -rf $(VENV) dist build
