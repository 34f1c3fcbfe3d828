# For those who have make. Everything here is one line that also works without it.
.PHONY: help demo check format lock

help:  ## list what there is
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 10

demo:  ## evolve a bundled example in a scratch repository
	python3 bootstrap.py demo

check:  ## format, style, types, floors, tests, documents
	python3 bootstrap.py test

format:  ## rewrite the files as the formatter wants them
	.venv/bin/python -m ruff format . && .venv/bin/python -m ruff check --fix .

lock:  ## write requirements/*.txt anew from pyproject.toml (needs uv)
	.venv/bin/python -m tools.lock
