"""`python -m geodata.build [--check]`: derive the built-in tables, or compare them."""

import argparse
import sys

from geodata.build.tables import DATA, build_all


def main(arguments: list[str] | None = None) -> int:
    """Write the tables; with --check write nothing and return 1 if any byte differs."""
    parser = argparse.ArgumentParser(prog="python -m geodata.build", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args(arguments).check
    built = build_all()
    different = [name for name, content in built.items() if _shipped(name) != content]
    for name in different:
        if not check:
            (DATA / name).write_bytes(built[name])
        sys.stdout.write(f"{name}: {'differs' if check else 'written'}\n")
    return 1 if check and different else 0


def _shipped(name: str) -> bytes | None:
    path = DATA / name
    return path.read_bytes() if path.exists() else None


if __name__ == "__main__":
    sys.exit(main())
