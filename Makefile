# Aliases. Everything works without make: python3 run.py [test | check | doctor].
PYTHON ?= python3
UV ?= uv

.PHONY: run test check doctor bench lock

run test check doctor:
	$(PYTHON) run.py $@

# The benchmarks are the bench_*.py files of the tests folders; the ordinary test run does not collect them.
bench:
	$(PYTHON) run.py test -o python_files='bench_*.py' -s

# The two compiled files: every package pinned and hashed, for all platforms and Pythons at once. Needs uv.
COMPILE = $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header
lock:
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt
