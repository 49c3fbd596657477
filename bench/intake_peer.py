"""The peers of bench/intake.ts: DuckDB, polars and pandas read the same columns of the same file, on one thread."""
import json
import os
import sys
import time

os.environ["POLARS_MAX_THREADS"] = "1"
path, rows = sys.argv[1], int(sys.argv[2])


def best(read):
    times = []
    for _ in range(3):
        start = time.process_time()
        read()
        times.append(time.process_time() - start)
    return min(times) * 1e9 / rows


def duckdb():
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    types = "{'timestamp': 'TIMESTAMPTZ', 'stream': 'VARCHAR', 'value': 'DOUBLE'}"
    sql = f"create or replace temp table t as select * from read_csv('{path}', header=true, columns={types})"
    return best(lambda: connection.execute(sql))


def polars():
    import polars

    return best(
        lambda: polars.read_csv(path, schema_overrides={"stream": polars.String}).with_columns(
            polars.col("timestamp").str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us")
        )
    )


def pandas():
    import pandas

    return best(lambda: pandas.read_csv(path, dtype={"stream": str}, parse_dates=["timestamp"]))


for name, peer in [("DuckDB", duckdb), ("polars", polars), ("pandas", pandas)]:
    try:
        print(json.dumps([f"plain CSV: {name}, one thread", peer()]), flush=True)
    except ImportError:
        print(f"not compared: this Python has no {name}", file=sys.stderr)
