#!/usr/bin/env python3
"""Builds the price snapshot that comes with the suite.

Downloads the two packages that carry public price lists under the MIT licence, at exactly the
versions and hashes below, takes the lists out, and has `crates/price-feeds` (the same reader that
the scheduled sync uses) merge them to `snapshot.jsonl`. The same inputs give the same bytes.

Usage: pricing/build_snapshot.py [--check]

With --check nothing is written; the exit code says whether the snapshot is what it should be.
To refresh: change versions, hashes and the date here, run `make prices`, read the diff.
"""

import argparse
import gzip
import hashlib
import importlib
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile
from datetime import datetime, timezone
from decimal import Decimal

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
TEST_DATA = ROOT / "crates" / "price-feeds" / "tests" / "data"
SNAPSHOT = HERE / "snapshot.jsonl"
BUILT_ON = "2026-11-23"

LITELLM = ("litellm", "1.109.1", "litellm/model_prices_and_context_window_backup.json")
LITELLM_SHA256 = "8f8060d8ce7a40c91b995c74d6a27657543d49e3c1c53430dabd556f244392c6"
GENAI = ("genai-prices", "0.2.3")
GENAI_WHEEL_SHA256 = "56976ce2b04ec206117f7d0e53f4849211a6724ab3a12119afec304eba63ee25"


def download(name: str, version: str, folder: pathlib.Path) -> pathlib.Path:
    """The wheel of one package, without its dependencies."""
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
         "--no-deps", "--only-binary", ":all:", "--dest", str(folder), f"{name}=={version}"],
        check=True,
    )
    pattern = name.replace("-", "_") + f"-{version}-*.whl"
    return next(folder.glob(pattern))


def verify(what: str, content: bytes, expected: str) -> bytes:
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        sys.exit(f"{what} has sha256 {found}, expected {expected}")
    return content


def litellm_map(folder: pathlib.Path) -> bytes:
    name, version, member = LITELLM
    with zipfile.ZipFile(download(name, version, folder)) as wheel:
        return verify(member, wheel.read(member), LITELLM_SHA256)


def genai_export(folder: pathlib.Path) -> bytes:
    """genai-prices ships its data as Python objects: they are written out as JSON, in the shape
    of the file that the project publishes, with every price as a decimal string."""
    wheel = download(*GENAI, folder)
    verify(wheel.name, wheel.read_bytes(), GENAI_WHEEL_SHA256)
    package = folder / "genai"
    with zipfile.ZipFile(wheel) as archive:
        # The price data and what it imports, not the package with its network client.
        for member in archive.namelist():
            if member.startswith("genai_prices/"):
                archive.extract(member, package)
    (package / "genai_prices" / "__init__.py").write_text("")
    sys.path.insert(0, str(package))
    data = importlib.import_module("genai_prices.data")
    providers = [provider_json(provider) for provider in data.providers]
    return json.dumps({"providers": providers}, separators=(",", ":")).encode()


def provider_json(provider) -> dict:
    return {"id": provider.id, "models": [model_json(model) for model in provider.models]}


def model_json(model) -> dict:
    found = {"id": model.id, "match": clause_json(model.match)}
    if isinstance(model.prices, list):
        found["prices"] = [
            with_constraint(entry.constraint, {"prices": prices_json(entry.prices)})
            for entry in model.prices
        ]
    else:
        found["prices"] = prices_json(model.prices)
    if model.price_variants:
        found["price_variants"] = [
            with_constraint(
                variant.constraint,
                {"when": dict(variant.when), "prices": prices_json(variant.prices)},
            )
            for variant in model.price_variants
        ]
    return found


def with_constraint(constraint, entry: dict) -> dict:
    if constraint is None:
        return entry
    members = {
        name: value.isoformat()
        for name, value in vars(constraint).items()
        if hasattr(value, "isoformat")
    }
    return {"constraint": members, **entry}


def clause_json(clause) -> dict:
    [(name, value)] = vars(clause).items()
    name = name.rstrip("_")
    if name in ("or", "and"):
        return {name: [clause_json(part) for part in value]}
    return {name: value if isinstance(value, str) else value.pattern}


def prices_json(prices) -> dict:
    return {
        name: price_json(value)
        for name, value in vars(prices).items()
        if value is not None and not name.startswith("_")
    }


def price_json(value):
    if isinstance(value, Decimal):
        return str(value)
    tiers = [{"start": tier.start, "price": str(tier.price)} for tier in value.tiers]
    return {"base": str(value.base), "tiers": tiers}


def merged(folder: pathlib.Path, files: dict[str, bytes]) -> bytes:
    midnight = datetime.fromisoformat(BUILT_ON).replace(tzinfo=timezone.utc)
    arguments = [BUILT_ON, str(int(midnight.timestamp()) * 1000)]
    for revision, content in files.items():
        path = folder / f"{revision}.json"
        path.write_bytes(content)
        arguments.append(f"{revision}={path}")
    command = ["cargo", "run", "--quiet", "-p", "price-feeds", "--example", "build_snapshot", "--"]
    return subprocess.run(command + arguments, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


def compressed(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=9, mtime=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        files = {
            f"litellm-{LITELLM[1]}": litellm_map(folder),
            f"genai-prices-{GENAI[1]}": genai_export(folder),
        }
        snapshot = merged(folder, files)
    if check:
        if SNAPSHOT.read_bytes() != snapshot:
            sys.exit("pricing/snapshot.jsonl is not what its sources give: run make prices")
        return
    SNAPSHOT.write_bytes(snapshot)
    TEST_DATA.mkdir(parents=True, exist_ok=True)
    for revision, content in files.items():
        (TEST_DATA / f"{revision}.json.gz").write_bytes(compressed(content))
    digest = hashlib.sha256(snapshot).hexdigest()
    (HERE / "snapshot.sha256").write_text(f"{digest}  snapshot.jsonl\n")
    print(f"pricing/snapshot.jsonl: {len(snapshot)} bytes, sha256 {digest}")


if __name__ == "__main__":
    main()
