"""The other side of scripts/soak_intake.ts: what Python's csv, strptime and zoneinfo make of the same text.

Reads cases as JSON, one per line, and prints one line for each difference. With "zones" it answers with the UTC times
of local ones; with "duckdb" it says whether DuckDB's sniffer reads files as they are meant.
"""
import csv
import io
import json
import re
import sys
from datetime import datetime, timedelta, timezone

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$", re.A)
EPOCH = datetime(1970, 1, 1)


def micros(time):
    return (time - EPOCH) // timedelta(microseconds=1)


def local_times(local, zone):
    """The times in UTC of a local time, in order: none, one or two."""
    found = []
    for fold in (0, 1):
        utc = local.replace(tzinfo=zone, fold=fold).astimezone(timezone.utc)
        if utc.astimezone(zone).replace(tzinfo=None) == local:
            found.append(micros(utc.replace(tzinfo=None)))
    return sorted(set(found))


def expected(case):
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(case["timeZone"]) if case.get("timeZone") else None
    quote = case["quote"]
    reader = csv.reader(
        io.StringIO(case["text"], newline=""),
        delimiter=case["delimiter"],
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        escapechar=case.get("escape") or None,
        doublequote=True,
    )
    rows, bad, header = [], 0, None
    for row in reader:
        cells = [cell.strip(" \t") for cell in row]
        if not cells or cells == [""]:
            continue
        if header is None:
            header = cells
            continue
        if len(cells) > len(header) + 1 or (len(cells) == len(header) + 1 and cells[-1] != "") or len(cells) < 2:
            bad += 1
            continue
        value = cells[1]
        if case["decimal"] == ",":
            value = "x" if "." in value else value.replace(",", ".")
        try:
            time = datetime.strptime(cells[0], case["timeFormat"])
        except ValueError:
            bad += 1
            continue
        if time.tzinfo is not None:
            utc = micros(time.astimezone(timezone.utc).replace(tzinfo=None))
        elif zone is None:
            utc = micros(time)
        else:
            found = local_times(time, zone)
            if len(found) == 2 and case["ambiguousTime"] != "reject":
                utc = found[0] if case["ambiguousTime"] == "earlier" else found[1]
            elif len(found) == 1:
                utc = found[0]
            else:
                bad += 1
                continue
        if not NUMBER.match(value) or float(value) in (float("inf"), float("-inf")):
            bad += 1
            continue
        rows.append([str(utc), float(value)])
    return rows, bad


def compare():
    count = 0
    for line in sys.stdin:
        case = json.loads(line)
        count += 1
        try:
            rows, bad = expected(case)
        except Exception as error:  # a difference like any other
            rows, bad = repr(error), -1
        if [rows, bad] != [case["rows"], case["bad"]]:
            print(json.dumps({"case": case, "python": [rows, bad]}))
    print(json.dumps({"compared": count}))


def zones():
    import zoneinfo

    cache = {}
    for line in sys.stdin:
        name, utc_seconds = json.loads(line)
        try:
            zone = cache.setdefault(name, zoneinfo.ZoneInfo(name))
        except zoneinfo.ZoneInfoNotFoundError:
            print("null")
            continue
        local = datetime.fromtimestamp(utc_seconds, zone).replace(tzinfo=None, fold=0)
        # Also an hour around it, where clocks may change.
        answers = []
        for minutes in (-60, -30, 0, 30, 60):
            moved = local + timedelta(minutes=minutes)
            answers.append([micros(moved) // 1000, [it // 1000 for it in local_times(moved, zone)]])
        print(json.dumps(answers))


def duckdb_sniffer():
    import duckdb

    right = 0
    total = 0
    for line in sys.stdin:
        case = json.loads(line)
        total += 1
        try:
            found = duckdb.sql("select * from read_csv(%r)" % case["path"])
            names = [name.strip() for name in found.columns]
            table = found.fetchall()
            ok = len(table) == len(case["times"])
            if ok:
                at = [names.index(name) for name in case["timeColumns"]]
                values = [names.index(name) for name in case["valueColumns"]]
                for row, time, numbers in zip(table, case["times"], case["values"]):
                    cells = [row[i] for i in at]
                    if len(cells) == 2:
                        when = datetime.combine(cells[0], cells[1]) if hasattr(cells[0], "year") and not isinstance(cells[1], str) else None
                    else:
                        when = cells[0]
                    if isinstance(when, int):
                        good = when in (int(time) // 1000000, int(time) // 1000)
                    elif isinstance(when, datetime):
                        if when.tzinfo is not None:
                            when = when.astimezone(timezone.utc).replace(tzinfo=None)
                        good = str(micros(when)) == time
                    else:
                        good = False
                    got = [None if row[i] is None else row[i] for i in values]
                    if not good or any(isinstance(it, str) or (it is None) != (want is None) or (it is not None and float(it) != want) for it, want in zip(got, numbers)):
                        ok = False
                        break
            right += ok
        except Exception:
            pass
    print(json.dumps({"right": right, "of": total, "version": duckdb.__version__}))


if __name__ == "__main__":
    {"compare": compare, "zones": zones, "duckdb": duckdb_sniffer}[sys.argv[1]]()
