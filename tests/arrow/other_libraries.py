"""Opens our files with pyarrow, pandas, DuckDB and polars, and writes theirs: `open FOLDER` or `write FOLDER`."""

import datetime as dt
import json
import sys

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

folder = sys.argv[2]


def cell(value):
    """A cell as JSON can hold it: times as microseconds, numbers by their text."""
    if isinstance(value, dt.datetime):
        return str((value - dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)) // dt.timedelta(microseconds=1))
    if isinstance(value, float):
        return "NaN" if value != value else value.hex()
    return None if value is None else str(value)


def rows(table):
    return [[cell(value) for value in row.values()] for row in table.to_pylist()]


if sys.argv[1] == "open":
    parquet = pq.read_table(f"{folder}/ours.parquet")
    arrow = ipc.open_file(f"{folder}/ours.arrow").read_all()
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    found = {
        "pyarrow types": [str(field.type) for field in parquet.schema],
        "pyarrow rows": rows(parquet),
        "arrow rows": rows(arrow),
        "pandas types": [str(t) for t in pd.read_parquet(f"{folder}/ours.parquet").dtypes],
        "feather types": [str(t) for t in pd.read_feather(f"{folder}/ours.arrow").dtypes],
        "polars types": [str(t) for t in pl.read_parquet(f"{folder}/ours.parquet").schema.values()],
        "polars rows": rows(pl.read_parquet(f"{folder}/ours.parquet").to_arrow()),
        "polars ipc rows": rows(pl.read_ipc(f"{folder}/ours.arrow").to_arrow()),
        "duckdb types": [row[1] for row in con.sql(f"describe select * from '{folder}/ours.parquet'").fetchall()],
        "duckdb times": [
            str(row[0]) for row in con.sql(f"select epoch_us(timestamp) from '{folder}/ours.parquet'").fetchall()
        ],
        "duckdb ids": [str(row[0]) for row in con.sql(f"select reading_id from '{folder}/ours.parquet'").fetchall()],
    }
    print(json.dumps(found))
else:
    frame = pl.DataFrame(
        {
            "device": ["d--0000-0000-0000-0001", "d--0000-0000-0000-0002", "d--0000-0000-0000-0001"],
            "timestamp": pl.Series([0, 1772431200123456, -1], dtype=pl.Datetime("us", "UTC")),
            "stream": pl.Series([0, 0x15090, 2**32 - 1], dtype=pl.UInt32),
            "reading_id": pl.Series([0, 2**53 + 1, 2**64 - 1], dtype=pl.UInt64),
            "value": [float("nan"), -0.0, float("-inf")],
            "extra_data": ['{"big":9007199254740993}', None, None],
        }
    )
    table = frame.to_arrow()
    frame.write_parquet(f"{folder}/polars.parquet")
    frame.write_ipc(f"{folder}/polars.arrow")
    frame.write_ipc_stream(f"{folder}/polars.arrows")
    frame.write_ipc(f"{folder}/polars-zstd.arrow", compression="zstd")
    pq.write_table(table, f"{folder}/pyarrow.parquet")
    pq.write_table(table, f"{folder}/pyarrow-lz4.parquet", compression="lz4", use_dictionary=False)
    feather.write_feather(table, f"{folder}/pyarrow-lz4.arrow", compression="lz4")
    pandas = table.to_pandas()
    pandas["value"] = [2.5, -0.0, float("-inf")]  # pandas writes NaN as null.
    pandas.to_parquet(f"{folder}/pandas.parquet")
    pandas.to_feather(f"{folder}/pandas.arrow")
    duckdb.sql(f"copy (select * from frame) to '{folder}/duckdb.parquet'")
