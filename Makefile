# Everything runs in .venv, which the first target to need it builds from requirements.lock.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help report test quick check lab lock demo golden bench

help: ## この一覧を表示する
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

report: $(READY) ## 最新の調査回の報告書を reports/ に作る
	@$(BIN)/analysis report

check: $(READY) ## 提出状況と調査票の問題を示す
	@$(BIN)/analysis check

lab: $(READY) ## JupyterLab でこのフォルダーを開く
	@$(BIN)/analysis lab

test: $(READY) ## 書式、型、テストをすべて確かめる
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses 2 --dist loadfile

quick: $(READY) ## 1、2分で済むテストだけを確かめる（ブラウザー、LibreOffice、報告書の作成を除く）
	$(BIN)/pytest --numprocesses 2 --dist worksteal -m "not slow"

golden: $(READY) ## 見本（tests/golden）を今の出力で書き直す
	$(BIN)/pytest --golden tests/test_golden.py tests/browser/test_pictures.py

bench: $(READY) ## 作成にかかる時間を、ふつうのやり方と比べて測る（数十分かかる）
	$(BIN)/python tests/benchmarks/bench_build.py
	$(BIN)/python tests/benchmarks/bench_nation.py

demo: $(READY) ## 架空の調査票を data/raw/ に作り直す
	@PYTHONPATH=examples $(BIN)/python -m demo $(if $(INTO),"$(INTO)")

lock: $(READY) ## requirements.lock と environment.yml を作り直す
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --all-extras \
		--custom-compile-command "make lock" --output-file requirements.lock pyproject.toml
	$(BIN)/python tools/write_environment.py

# Installed again only when a pin or the package's own metadata changed.
$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 以降が必要です。")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)
