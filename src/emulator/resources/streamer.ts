/** Streamers and their reports. Uploads create them; otherwise, only staff can change them. */
import { fieldErrors, listed } from "../http/error_response.ts";
import { formatMicros, parseTime } from "../http/times.ts";
import type { Condition } from "../store/table.ts";
import { byOrg, byRelation, byText } from "./filters.ts";
import type { Field } from "./fields.ts";
import { canonical } from "./slugs.ts";
import type { Filter, ResourceSpec } from "./spec.ts";

const READ_ONLY: Field = { kind: "text", readOnly: true };

/** Streamers. */
export const streamer: ResourceSpec = {
  table: "streamer",
  path: "streamer",
  fields: {
    id: READ_ONLY,
    slug: READ_ONLY,
    device: READ_ONLY,
    process_engine_ver: { kind: "integer" },
    index: READ_ONLY,
    last_id: { kind: "integer" },
    last_reboot_ts: READ_ONLY,
    is_system: { kind: "boolean" },
    selector: { kind: "integer", nullable: true },
  },
  hidden: 403,
  lookup: (text) => {
    const value = canonical("streamer", text);
    return value === undefined ? undefined : { column: "slug", value };
  },
  filters: {
    ...byOrg(),
    device: byRelation("device", "device"),
    slug: byRelation("slug", "streamer"),
    selector: (value) =>
      /^\d{1,15}$/.test(value)
        ? [{ column: "selector", is: "=", value: Number(value) }]
        : "nothing",
  },
  rights: { create: "nobody", update: "staff", delete: "staff" },
};

/** The reports of streamers. */
export const report: ResourceSpec = {
  table: "report",
  path: "streamer/report",
  fields: {
    id: READ_ONLY,
    original_first_id: READ_ONLY,
    original_last_id: READ_ONLY,
    actual_first_id: READ_ONLY,
    actual_last_id: READ_ONLY,
    streamer: READ_ONLY,
    sent_timestamp: READ_ONLY,
    device_sent_timestamp: READ_ONLY,
    incremental_id: READ_ONLY,
    time_epsilon: READ_ONLY,
    created_on: READ_ONLY,
    created_by: READ_ONLY,
  },
  hidden: 404,
  lookup: (text) => {
    if (!/^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i.test(text)) {
      throw listed("Streamer Report ID must be a UUID");
    }
    const digits = text.toLowerCase().replaceAll("-", "");
    const value = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    return { column: "id", value };
  },
  filters: {
    ...byOrg(),
    streamer__slug: byRelation("streamer", "streamer"),
    start: sent("start", ">="),
    end: sent("end", "<"),
    created_by__slug: byText("created_by"),
  },
  rights: { create: "nobody", update: "nobody", delete: "nobody" },
  show: (row) => ({
    ...Object.fromEntries(Object.keys(report.fields).map((name) => [name, row[name]])),
    sent_timestamp: row.sent_timestamp.replace(".000000Z", "Z"),
  }),
};

/** A limit on the time at which a report was sent. */
function sent(name: string, is: ">=" | "<"): Filter {
  return (value): readonly Condition[] => {
    const micros = parseTime(value);
    if (micros === undefined) throw fieldErrors({ [name]: ["Enter a valid date/time."] });
    return [{ column: "sent_timestamp", is, value: sortable(formatMicros(micros)) }];
  };
}

/** A time as text that sorts correctly: always with six digits. */
export function sortable(time: string): string {
  return time.includes(".") ? time : `${time.slice(0, -1)}.000000Z`;
}
