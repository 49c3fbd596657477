"""Reads texts as Python's configparser does: a JSON list of texts in, a list of results out."""
import configparser
import io
import json
import sys


def read(text):
    parser = configparser.ConfigParser()
    try:
        # With the newlines of a text file: a carriage return alone ends a line too.
        parser.read_file(io.StringIO(text, newline=None))
    except configparser.Error as error:
        return type(error).__name__
    return {name: {key: parser[name].get(key, raw=True) for key in parser[name]} for name in parser.sections()}


json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
