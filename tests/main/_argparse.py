"""Declares arguments in argparse and reads command lines: JSON in, a list of values or null for an error out."""
import argparse
import json
import sys


def declare(parser, declared):
    for name, options in declared:
        options = dict(options)
        if options.get("action") == "storeTrue":
            options["action"] = "store_true"
        options.pop("type", None)
        parser.add_argument(name, **options)


def read(case):
    parser = argparse.ArgumentParser(allow_abbrev=False)
    declare(parser, case["arguments"])
    for group in case.get("groups", []):
        declare(parser.add_mutually_exclusive_group(required=group["required"]), group["arguments"])
    try:
        return vars(parser.parse_args(case["argv"]))
    except SystemExit:
        return None


sys.stderr = open("/dev/null", "w")
json.dump([read(case) for case in json.load(sys.stdin)], sys.stdout)
