"""Times the Python package and ormsgpack on the readings of bench/data.ts; prints nanoseconds a reading."""
import datetime
import json
import math
import statistics
import time

import ormsgpack
from archfx_cloud.reports.flexible_dictionary import ArchFXFlexibleDictionaryReport
from archfx_cloud.reports.report import ArchFXDataPoint

READINGS = 10_000
START = datetime.datetime(2021, 1, 20, tzinfo=datetime.timezone.utc)


def point(i):
    return ArchFXDataPoint(
        timestamp=START + datetime.timedelta(microseconds=i * 250125),
        stream=0x5000 + i % 24,
        value=20 + 5 * math.sin(i / 500),
        reading_id=i + 1,
    )


points = [point(i) for i in range(READINGS)]
report = ArchFXFlexibleDictionaryReport.FromReadings(0x1234, points)
blob = report.encode()
contenders = {
    "archfx_cloud FromReadings": lambda: ArchFXFlexibleDictionaryReport.FromReadings(0x1234, points),
    "archfx_cloud decode": lambda: ArchFXFlexibleDictionaryReport(blob, False, False),
    "ormsgpack packb": lambda: ormsgpack.packb({"events": [p.asdict() for p in points]}),
    "ormsgpack unpackb": lambda: ormsgpack.unpackb(blob),
}
samples = {name: [] for name in contenders}
for _ in range(5):
    for name, run in contenders.items():
        start = time.perf_counter_ns()
        run()
        samples[name].append((time.perf_counter_ns() - start) / READINGS)
print(json.dumps({name: statistics.median(values) for name, values in samples.items()}))
