"""A whole job of bench/whole.ts by another library, in this process: `whole_peer.py PEER CSV [OUTPUT]`."""
import csv
import datetime
import os
import sys

DEVICE = 0x1234
peer, path = sys.argv[1:3]


def rows():
    """The readings of the file as an engineer would read them in Python."""
    with open(path, newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 1):
            time = datetime.datetime.fromisoformat(row["timestamp"])
            yield number, time, int(row["stream"], 16), float(row["value"])


def archfx_cloud():
    from archfx_cloud.reports.flexible_dictionary import ArchFXFlexibleDictionaryReport
    from archfx_cloud.reports.report import ArchFXDataPoint

    points = [
        ArchFXDataPoint(timestamp=time, stream=stream, value=value, reading_id=number)
        for number, time, stream, value in rows()
    ]
    return ArchFXFlexibleDictionaryReport.FromReadings(DEVICE, points).encode()


def ormsgpack():
    import ormsgpack

    events = [
        {
            "stream": stream,
            "dev_seqid": number,
            "timestamp": time.isoformat(),
            "value": value,
            "extra_data": {},
            "data": None,
        }
        for number, time, stream, value in rows()
    ]
    return ormsgpack.packb({
        "format": "v200",
        "device": DEVICE,
        "streamer_index": 0x100,
        "streamer_selector": 0xFFFF,
        "seqid": 0,
        "lowest_id": 1,
        "highest_id": len(events),
        "sent_timestamp": None,
        "events": events,
    })


def duckdb():
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    types = "{'timestamp': 'TIMESTAMPTZ', 'stream': 'VARCHAR', 'value': 'DOUBLE'}"
    connection.execute(
        f"create temp table t as select * from read_csv('{path}', header=true, columns={types})"
    )


def polars():
    os.environ["POLARS_MAX_THREADS"] = "1"
    import polars

    polars.read_csv(path, schema_overrides={"stream": polars.String}).with_columns(
        polars.col("timestamp").str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us")
    )


report = {"archfx_cloud": archfx_cloud, "ormsgpack": ormsgpack, "duckdb": duckdb, "polars": polars}[peer]()
if len(sys.argv) > 3:
    with open(sys.argv[3], "wb") as file:
        file.write(report)
