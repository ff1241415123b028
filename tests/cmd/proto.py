"""proto.py VERB ... - Google's own protobuf as the second opinion on messages; needs fl_pb (protoc --python_out) on PYTHONPATH.

body FILE            the body of a Signed file, as its bytes
json FILE            MessageToDict of the body
same FILE JSON       what fl-show printed (JSON) is MessageToDict of FILE's body, and ParseDict of it has the body's bytes
random TYPE SEED     a valid message of TYPE, its free fields left to chance, as JSON with the names of the .proto file
relay IN OUT         IN with fields that no version has: in the outer message, in its signatures, in the body, in its parts
graft IN BODY OUT    the signatures of IN over the body of BODY
unknown FILE N       N such fields are in FILE
"""
import json
import os
import random
import sys
from google.protobuf import json_format, timestamp_pb2
from google.protobuf.descriptor import FieldDescriptor as F
from fl.v1 import (channel_pb2, envelope_pb2, federation_pb2, plan_pb2, receipt_pb2, result_pb2, seal_pb2, signed_pb2)

TYPES = {m.DESCRIPTOR.name: m for m in (channel_pb2.Channel, envelope_pb2.Envelope, federation_pb2.Federation, plan_pb2.Plan,
                                        receipt_pb2.Receipt, result_pb2.Result, seal_pb2.Seal)}
GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../golden/proto/v1")
BOUND = ("version", "round", "serial", "threshold", "payload_size", "quorum")
EXTRA = b"\xc2\x3e\x03new"  # field 1000, 3 bytes


def read(path):
    outer = signed_pb2.Signed()
    outer.ParseFromString(open(path, "rb").read())
    body = TYPES[outer.type]()
    body.ParseFromString(outer.body)
    return outer, body


def same(path, shown):
    outer, body = read(path)
    ours = json.load(open(shown))
    assert ours["type"] == outer.type
    want = json_format.MessageToDict(body)
    assert ours["body"] == want, (ours["body"], want)
    back = json_format.ParseDict(ours["body"], TYPES[outer.type]())
    assert back.SerializeToString(deterministic=True) == outer.body


def text(r):
    return "".join(r.choice(["a", "\"", "\\", "\n", "\x01", "\x7f", "é", "–", "東", "\U0001f3e5", "</script>", "\u2028"])
                   for _ in range(r.randrange(8)))


def scramble(m, r):
    """Give the fields that no rule binds any value."""
    for f in m.DESCRIPTOR.fields:
        if f.type == F.TYPE_DOUBLE:
            setattr(m, f.name, r.choice([0, 1, -1, 0.1, 5e-324, -1.7976931348623157e308, 1e21, 123456789012345680, r.gauss(0, 1)]))
        elif f.type == F.TYPE_BOOL and f.name == "whole":
            setattr(m, f.name, r.random() < 0.5)
        elif f.type in (F.TYPE_UINT32, F.TYPE_UINT64) and f.name not in BOUND:
            setattr(m, f.name, r.choice([0, 1, 2**31, 2**32 - 1] + [2**53 + 1, 2**63, 2**64 - 1] * (f.type == F.TYPE_UINT64)))
        elif f.name in ("solver", "class_weight", "scale", "strategy", "note", "operator"):
            setattr(m, f.name, text(r))
        elif f.name in ("made", "received", "sealed", "at", "valid_from"):
            if m.HasField(f.name):
                getattr(m, f.name).seconds = r.choice([-62135596800, -1, 0, 1, 1767225600])
                getattr(m, f.name).nanos = r.choice([0, 1, 1000, 1000000, 999999999, 120000000])
        elif f.type == F.TYPE_MESSAGE:
            for part in getattr(m, f.name) if f.label == F.LABEL_REPEATED else [getattr(m, f.name)] if m.HasField(f.name) else []:
                if not isinstance(part, timestamp_pb2.Timestamp):
                    scramble(part, r)


def added(m):
    """The bytes of m, each message of ours in it with one more field at its end. Rebuilt by hand, for messages inside come first."""
    extra = TYPES.get(m.DESCRIPTOR.name, type(m))()
    extra.CopyFrom(m)
    for f in m.DESCRIPTOR.fields:
        if f.type == F.TYPE_MESSAGE and f.message_type.full_name.startswith("fl."):
            for part in getattr(extra, f.name) if f.label == F.LABEL_REPEATED else [getattr(extra, f.name)] if extra.HasField(f.name) else []:
                whole = added(part)
                part.Clear()
                part.MergeFromString(whole)
    return extra.SerializeToString(deterministic=True) + EXTRA


def main(verb, *a):
    if verb == "body":
        sys.stdout.buffer.write(read(a[0])[0].body)
    elif verb == "json":
        print(json.dumps(json_format.MessageToDict(read(a[0])[1])))
    elif verb == "same":
        same(*a)
    elif verb == "random":
        r = random.Random(a[1])
        m = read(os.path.join(GOLDEN, a[0] + ".pb"))[1]
        scramble(m, r)
        print(json_format.MessageToJson(m, preserving_proto_field_name=r.random() < 0.5, including_default_value_fields=r.random() < 0.5))
    elif verb == "relay":
        outer, body = read(a[0])
        outer.body = added(body)
        open(a[1], "wb").write(added(outer))
    elif verb == "graft":
        outer = read(a[1])[0]
        del outer.signatures[:]
        outer.signatures.extend(read(a[0])[0].signatures)
        open(a[2], "wb").write(outer.SerializeToString())
    elif verb == "unknown":
        assert open(a[0], "rb").read().count(EXTRA) == int(a[1]), open(a[0], "rb").read().count(EXTRA)


main(*sys.argv[1:])
