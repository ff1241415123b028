#!/usr/bin/env python3
"""validate.py SCHEMA.json < OBJECT - check one JSON document against a JSON Schema, with the standard library alone.

Knows the keywords that our schemas use and fails on any other, so that nothing is taken as checked that is not.
"""
import json
import re
import sys

TYPES = {"object": dict, "array": list, "string": str, "null": type(None), "boolean": bool, "integer": int,
         "number": (int, float)}
NOTES = {"$schema", "$id", "$defs", "title", "description"}
root = json.load(open(sys.argv[1]))


def is_type(v, name):
    return isinstance(v, TYPES[name]) and not (isinstance(v, bool) and name in ("integer", "number"))


def check(s, v, at):
    """The property names that s says something about; exits where v does not fit."""
    def need(ok, what):
        if not ok:
            sys.exit("%s: %s" % (at or "/", what))

    known = set()
    for key, want in s.items():
        if key in NOTES or key in ("unevaluatedProperties", "additionalProperties"):
            pass
        elif key == "$ref":
            known |= check(root["$defs"][want[len("#/$defs/"):]], v, at)
        elif key == "allOf":
            for part in want:
                known |= check(part, v, at)
        elif key == "type":
            need(any(is_type(v, t) for t in ([want] if isinstance(want, str) else want)), "is not of type %s" % want)
        elif key == "enum":
            need(v in want, "is none of %s" % want)
        elif key == "const":
            need(v == want, "is not %s" % want)
        elif key == "pattern":
            need(not isinstance(v, str) or re.search(want, v), "does not match %s" % want)
        elif key == "minimum":
            need(not is_type(v, "number") or v >= want, "is below %s" % want)
        elif key == "maximum":
            need(not is_type(v, "number") or v <= want, "is above %s" % want)
        elif key == "minItems":
            need(not isinstance(v, list) or len(v) >= want, "has fewer than %s items" % want)
        elif key == "maxItems":
            need(not isinstance(v, list) or len(v) <= want, "has more than %s items" % want)
        elif key == "items":
            for i, item in enumerate(v if isinstance(v, list) else []):
                check(want, item, "%s/%d" % (at, i))
        elif key == "required":
            need(not isinstance(v, dict) or not set(want) - set(v), "lacks one of %s" % want)
        elif key == "properties":
            for name in set(want) & set(v if isinstance(v, dict) else {}):
                known.add(name)
                check(want[name], v[name], "%s/%s" % (at, name))
        else:
            sys.exit("%s: the schema's keyword %s is not known here" % (at or "/", key))
    rest = s.get("additionalProperties", s.get("unevaluatedProperties", True))
    for name in sorted(set(v) - known if isinstance(v, dict) and rest is not True else ()):
        need(rest is not False, "has \"%s\", which the schema does not" % name)
        check(rest, v[name], "%s/%s" % (at, name))
        known.add(name)
    return known


check(root, json.load(sys.stdin), "")
