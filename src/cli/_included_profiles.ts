/**
 * Profiles for exports in a public format: `--profile NAME`. Flags override them and supply what a file does not
 * say, such as the zone of its times.
 *
 * @module
 */

/** The profiles by name. */
export const INCLUDED_PROFILES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "wincc-trend": {
    description:
      "Data log of Siemens WinCC (TIA Portal) as CSV: VarName, TimeString, VarValue, Validity, Time_ms. " +
      "Source: SIMATIC WinCC, manual, The structure of a *.CSV file with tags (Panels, Comfort Panels, RT Advanced): " +
      "separators and the form of TimeString follow the regional settings of the panel; flags change them",
    format: "csv",
    delimiter: ";",
    decimal: ",",
    // Lines that WinCC itself writes: "$RT_OFF$" and "$RT_DIS$" when it stops, "$RT_COUNT$";41;;;; at the end of
    // a file.
    comment: '"$RT_',
    columns: { timestamp: "TimeString", value: "VarValue", stream: "VarName", quality: "Validity" },
    good: ["1"],
    // At midnight the time of day may be missing.
    timeFormat: ["%d.%m.%Y %H:%M:%S", "%d.%m.%Y"],
  },
  "rockwell-trend": {
    description:
      "Trend of Rockwell Studio 5000 Logix Designer (RSTrendX) saved as CSV: lines about the trend, a line " +
      "that begins with Header:, then lines that begin with Data:, with date, time and one column for each tag. " +
      "Source: Logix 5000 Controllers, programming manual, chapter Trends, log file in CSV format",
    format: "csv",
    skipLines: 7,
    columns: { timestamp: ["Date", "Time"] },
    // Milliseconds may come without zeros in front.
    timeFormat: "%m/%d/%Y %H:%M:%S;%L",
  },
};
