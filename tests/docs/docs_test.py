#!/usr/bin/env python3
"""Every YAML block of docs/target.md is an asset's part of a target that `lintel target lint` takes without an error."""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT, LINTEL = pathlib.Path(sys.argv[1]), sys.argv[2]
HEAD = """lintel: target/1
id: example
name: {zh: 示例, en: Example}
profile: smart-home
assets:
- id: cloud
  role: platform
  name: {zh: 云, en: Cloud}
"""


def main():
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/target.md").read_text(encoding="utf-8"), re.S)
    failures = 0 if len(blocks) >= 3 else 1
    print(f"{len(blocks)} examples")
    for block in blocks:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "example.yaml"
            path.write_text(HEAD + "".join("  " + line + "\n" for line in block.splitlines()), encoding="utf-8")
            done = subprocess.run([LINTEL, "target", "lint", str(path)], cwd=ROOT, capture_output=True, text=True, timeout=30)
            # Files of an example are not there, which is a warning.
            if done.returncode != 0 or re.search(r"warning (?!W080)", done.stderr):
                failures += 1
                print(block, done.stdout, done.stderr, sep="\n")
    sys.exit(1 if failures else 0)


main()
