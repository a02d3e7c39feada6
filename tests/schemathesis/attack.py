"""Fetches the platform's own description as a client would, and lets Schemathesis attack what it says."""

import json
import os
import sys
from pathlib import Path

import requests
from device import CLIENT

HERE = Path(__file__).parent
STAGE = Path(os.environ["POLDER_STAGE"])

stage = json.loads(STAGE.read_text(encoding="utf-8"))
description = stage["origin"] + "/api/v1/openapi.json"
answer = requests.get(description, headers=CLIENT, verify=stage["ca"], timeout=10)
answer.raise_for_status()
document = STAGE.with_name("openapi.json")
document.write_bytes(answer.content)

# Where the hooks are, and what they import.
os.environ.update({"SCHEMATHESIS_HOOKS": str(HERE / "hooks.py"), "PYTHONPATH": str(HERE)})
schemathesis = [sys.executable, "-m", "schemathesis.cli", "--config-file", HERE / "schemathesis.toml"]
options = ["--url", stage["origin"], "--tls-verify", stage["ca"], *sys.argv[1:]]
os.execv(sys.executable, [*schemathesis, "run", document, *options])
