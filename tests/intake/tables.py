"""Writes a folder of Parquet and Arrow files with pyarrow, and what they hold as JSON: tables.py FOLDER"""
import datetime as dt
import decimal
import json
import sys

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet

folder = sys.argv[1]
start = dt.datetime(2026, 3, 2, 6, 0, 0, 123456)
times = [start + dt.timedelta(seconds=i) for i in range(3)]
EPOCH = dt.datetime(1970, 1, 1)
micros = [(t - EPOCH) // dt.timedelta(microseconds=1) for t in times]
cases = []


def write(name, table, args, want, error=None, **options):
    for ending in ["parquet", "arrow", "stream.arrow"]:
        path = f"{folder}/{name}.{ending}"
        if ending == "parquet":
            parquet.write_table(table, path, row_group_size=2, **options)
        elif ending == "arrow":
            feather.write_feather(table, path, compression="zstd")
        else:
            with pa.OSFile(path, "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
                writer.write_table(table, max_chunksize=2)
        cases.append({"file": f"{name}.{ending}", "args": args, "want": want, "error": error})


FIXED = ["--device", "d--1", "--stream", "0001-5090"]


def plain(times, values):
    return [[time, 0x15090, value] for time, value in zip(times, values)]


for unit, step in [("s", 1_000_000), ("ms", 1000), ("us", 1), ("ns", 1)]:
    cut = [time // step * step for time in micros]
    counts = [time * 1000 + 999 if unit == "ns" else time // step for time in micros]
    column = pa.array(counts, pa.int64()).cast(pa.timestamp(unit))
    values = pa.array([20.5, 21.5, 22.5])
    table = pa.table({"timestamp": column, "value": values})
    write(f"naive-{unit}", table, FIXED, plain(cut, [20.5, 21.5, 22.5]))
    berlin = [time - 3_600_000_000 for time in cut]
    write(f"local-{unit}", table, [*FIXED, "--time-zone", "Europe/Berlin"], plain(berlin, [20.5, 21.5, 22.5]))
    zoned = pa.array(counts, pa.int64()).cast(pa.timestamp(unit, "America/New_York"))
    table = pa.table({"timestamp": zoned, "value": pa.array([1, 2, 3], pa.int16())})
    write(f"zoned-{unit}", table, FIXED, plain(cut, [1, 2, 3]))

utc = pa.array(micros, pa.int64()).cast(pa.timestamp("us", "UTC"))
for kind in [pa.float32(), pa.float16(), pa.int8(), pa.uint64(), pa.int64(), pa.decimal128(12, 3)]:
    numbers = [decimal.Decimal(i) for i in [1, 2, 3]] if pa.types.is_decimal(kind) else [1, 2, 3]
    table = pa.table({"Time": utc, "T": pa.array(numbers).cast(kind)})
    args = [*FIXED, "--time-column", "time", "--value-column", "1"]
    write(f"type-{kind}".replace("(", "-").replace(", ", "-").replace(")", ""), table, args, plain(micros, [1, 2, 3]))

table = pa.table({
    "Zeit": utc,
    "temp": [20.5, None, 22.5],
    "press": pa.array([1, 2, 3], pa.int32()),
    "note": ["a", "b", "c"],
})
write("wide", table, ["--device", "d--1", "--time-column", "Zeit", "--map", "temp=0001-5090", "--map", "press=0001-5091"], [
    [micros[0], 0x15090, 20.5],
    [micros[0], 0x15091, 1],
    [micros[1], 0x15091, 2],
    [micros[2], 0x15090, 22.5],
    [micros[2], 0x15091, 3],
])
write("wide-blank", table, ["--device", "d--1", "--time-column", "Zeit", "--map", "temp=0001-5090", "--blank", "bad"], None, 'row 2: null in column "temp" is blank')
write("misspelt", table, ["--device", "d--1", "--time-column", "Zeit", "--map", "tmep=0001-5090"], None, '"tmep"; the columns are "Zeit", "temp", "press", "note"')

table = pa.table({
    "timestamp": utc,
    "tag": pa.array(["Oven", "Oven", "Door"]).dictionary_encode(),
    "value": [205.0, 206.0, 1.0],
    "quality": ["Good", "Bad", "Good"],
})
tags = ["--device", "d--1", "--stream-column", "tag", "--tags", "TAGS"]
quality = ["--quality-column", "quality", "--good", "Good"]
write("tags", table, [*tags, *quality], [[micros[0], 0x15090, 20.5], [micros[2], 0x15091, 1]])
write("keep-bad", table, [*tags, *quality, "--keep-bad"], [[micros[0], 0x15090, 20.5], [micros[1], 0x15090, 206 * 0.1], [micros[2], 0x15091, 1]])
write("no-tags", table, ["--device", "d--1", "--stream-column", "tag"], None, "--tags")

table = pa.table({"t": pa.array([1772431200, 1772431201], pa.int64()), "value": [1.5, 2.5]})
seconds = [1772431200_000_000, 1772431201_000_000]
write("seconds", table, [*FIXED, "--time-column", "t", "--time-format", "epoch-s"], plain(seconds, [1.5, 2.5]))
write("seconds-unsaid", table, [*FIXED, "--time-column", "t"], None, "--time-format epoch-s")
table = pa.table({"t": pa.array([46083.25, 46083.5]), "value": [1.5, 2.5]})
write("excel", table, [*FIXED, "--time-column", "t", "--time-format", "excel"], plain([1772431200_000_000, 1772452800_000_000], [1.5, 2.5]))

table = pa.table({
    "day": pa.array([dt.date(2026, 3, 2)] * 2, pa.date32()),
    "clock": pa.array([dt.time(6, 0, 0), dt.time(6, 0, 1, 500000)], pa.time64("us")),
    "value": [True, False],
})
write("date-and-time", table, [*FIXED, "--time-column", "day", "--time-column", "clock", "--words", "true=1", "--words", "false=0"],
      plain([1772431200_000_000, 1772431201_500_000], [1, 0]))
write("booleans", table, [*FIXED, "--time-column", "day", "--time-column", "clock"], None, "--words true=1")
write("days", table, [*FIXED, "--time-column", "day", "--words", "true=1", "--words", "false=0"], plain([1772409600_000_000] * 2, [1, 0]))

table = pa.table({"timestamp": ["02.03.2026 06:00:00", "02.03.2026 06:00:01"], "value": ["1.020,5", "x"]})
texts = ["--decimal", ",", "--thousands", ".", "--number-texts", "--time-format", "%d.%m.%Y %H:%M:%S"]
write("texts", table, [*FIXED, *texts], None, 'row 2: "x" in column "value" is not a number')
write("texts-skipped", table, [*FIXED, *texts, "--skip-bad-rows"], plain(seconds[:1], [1020.5]))
write("texts-unsaid", table, [*FIXED, "--time-format", "%d.%m.%Y %H:%M:%S"], None, '"1.020,5" in column "value" is not a number')

table = pa.table({"timestamp": utc, "value": [1.0, float("nan"), 3.0]})
write("nan", table, FIXED, None, "row 2: NaN")
write("nan-skipped", table, [*FIXED, "--nan", "skip"], plain([micros[0], micros[2]], [1, 3]))
table = pa.table({"timestamp": pa.array([None, micros[1]], pa.int64()).cast(pa.timestamp("us")), "value": [1.0, 2.0]})
write("no-time", table, FIXED, None, "row 1: null")
write("formatted", table, [*FIXED, "--time-format", "epoch-s"], None, "--time-format")
write("dialect", table, [*FIXED, "--delimiter", ";"], None, "--delimiter")

table = pa.table({"timestamp": utc, "device": ["d--1", "d--1", "d--2"], "stream": pa.array([0x15090] * 3, pa.uint32()), "value": [1.0, 2.0, 3.0]})
write("contradiction", table, FIXED, None, "--override")
write("overridden", table, [*FIXED, "--override"], plain(micros, [1, 2, 3]))
write("long", table.slice(0, 2), [], plain(micros[:2], [1, 2]))
for name, column in {"stream-of-booleans": "stream", "device-of-booleans": "device", "id-of-booleans": "reading_id"}.items():
    columns = {"timestamp": utc, "value": [1.0, 2.0, 3.0], column: [True, False, True]}
    fixed = {"stream": ["--device", "d--1"], "device": ["--stream", "0001-5090"], "reading_id": FIXED}[column]
    write(name, pa.table(columns), fixed, None, f'row 1: true in column "{column}" is not a')

json.dump(cases, open(f"{folder}/cases.json", "w"))
