"""`haflag lint`: what the rules find in the entries; `--explain HK104` says what a rule is for."""

import argparse
import sys

from knowledge import lint


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `haflag lint`."""
    parser.add_argument("--explain", metavar="RULE", help="say what a rule is for, and exit")
    parser.add_argument("--rule", metavar="RULE", help="check one rule only")
    parser.add_argument("--json", action="store_true", help="machine-readable output")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Prints the findings. Exit 1 if any is an error (advice alone is 0), 2 for an unknown rule."""
    findings = lint.run(only=None) if not (args.rule or args.explain) else []
    name = args.explain or args.rule
    if name:
        lint.run()
        if name not in lint.RULES:
            print(f"no rule {name}; there are {', '.join(sorted(lint.RULES))}", file=sys.stderr)
            return 2
    if args.explain:
        rule = lint.RULES[args.explain]
        print(f"{rule.id} {rule.title} ({rule.tier})\n\n{rule.why}")
        return 0
    if args.rule:
        findings = lint.run(only=args.rule)
    if args.json:
        print(lint.as_json(findings).decode())
    else:
        for finding in findings:
            print(f"{finding.rule} {finding.where}: {finding.what}")
        errors = sum(lint.RULES[f.rule].tier == "error" for f in findings)
        print(f"{len(lint.RULES)} rules, {errors} errors, {len(findings) - errors} advices")
    return int(any(lint.RULES[f.rule].tier == "error" for f in findings))
