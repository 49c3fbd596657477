/**
 * Recognises files that are not text with readings by their first bytes, and says how their readings can be loaded.
 *
 * @module
 */

/**
 * A kind of file: its first bytes (each a character of Latin-1), its name, the remedy, a pattern that the beginning must
 * also match, and the offset of the first bytes.
 */
type Kind = readonly [begins: string, what: string, remedy: string, has?: RegExp, at?: number];

const SAVE = "save it as CSV in the spreadsheet program";
const OFFICE = "save the table in it as CSV";
const UNPACK = "unpack it first";
const DECOMPRESS = "decompress it first; only gzip and zstd are decompressed automatically";
const EXPORT = "export the readings as CSV with the program that wrote it";
const PICTURE = "it has no text; export the readings as CSV instead";
const PYTHON = "write it as CSV or Parquet with the library that wrote it";

const KINDS: readonly Kind[] = [
  [
    "PK\x03\x04",
    "an OpenDocument spreadsheet (.ods)",
    SAVE,
    /mimetypeapplication\/vnd\.oasis\.opendocument\.spreadsheet/,
  ],
  ["PK\x03\x04", "an OpenDocument file", OFFICE, /mimetypeapplication\/vnd\.oasis/],
  ["PK\x03\x04", "a Numbers spreadsheet", SAVE, /Index\/(?:Document|Metadata|Tables)/],
  ["PK\x03\x04", "a Word document (.docx)", OFFICE, /word\//],
  [
    "PK\x03\x04",
    "an Excel workbook (.xlsx)",
    SAVE,
    /\[Content_Types\]\.xml|_rels\/\.rels|docProps\/|xl\//,
  ],
  ["PK\x03\x04", "a zip archive", UNPACK],
  ["PK\x05\x06", "an empty zip archive", UNPACK],
  ["\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook (.xls) or another Office file", SAVE],
  ["\x09\x08\x10\x00\x00\x06", "an old Excel workbook (.xls)", SAVE],
  ["\x09\x08\x08\x00\x00\x05", "an old Excel workbook (.xls)", SAVE],
  ["\x09\x04\x06\x00", "an old Excel workbook (.xls)", SAVE],
  ["\x09\x00\x04\x00", "an old Excel workbook (.xls)", SAVE],
  ["\x00\x01\x00\x00Standard ", "an Access database", "export the table as CSV in Access"],
  [
    "SQLite format 3\0",
    "an SQLite database",
    'export the table as CSV: sqlite3 -header -csv FILE "SELECT * FROM readings"',
  ],
  [
    "PAR1",
    "a Parquet file",
    "it needs no profile, since archfx report encode and readParquet read it directly; if it is compressed, decompress it first",
  ],
  ["PARE", "an encrypted Parquet file", "write it without encryption"],
  [
    "ARROW1",
    "an Arrow file",
    "it needs no profile, since archfx report encode and readArrow read it directly; if it is compressed, decompress it first",
  ],
  ["FEA1", "an old Feather file (version 1)", "write it as version 2, as CSV or Parquet"],
  ["ORC", "an ORC file", "write it as CSV or Parquet", /^ORC[^ -~]/],
  ["Obj\x01", "an Avro file", "write it as CSV or Parquet"],
  ["\x89HDF\r\n\x1a\n", "an HDF5 file (or a MATLAB file of version 7.3)", EXPORT],
  ["CDF\x01", "a NetCDF file", EXPORT],
  ["CDF\x02", "a NetCDF file", EXPORT],
  ["MATLAB 5.0 MAT-file", "a MATLAB file", "write it as CSV with writetable in MATLAB"],
  ["TDSm", "a TDMS file of LabVIEW", EXPORT],
  ["TDSh", "an index of a TDMS file of LabVIEW", EXPORT],
  ["MDF     ", "a measurement file of the MDF format", EXPORT],
  ["UnFinMF ", "a measurement file of the MDF format that was not finished", EXPORT],
  ["\x93NUMPY", "an array of NumPy", PYTHON],
  ["\x80\x02}", "a pickle of Python", PYTHON],
  ["\x80\x03", "a pickle of Python", PYTHON],
  ["\x80\x04\x95", "a pickle of Python", PYTHON],
  ["\x80\x05\x95", "a pickle of Python", PYTHON],
  ["RDX", "a data file of R", "write it as CSV with write.csv in R", /^RDX[23]\n/],
  ["X\n\0\0\0", "a data file of R (.rds)", "write it as CSV with write.csv in R"],
  ["<stata_dta>", "a data file of Stata", EXPORT],
  ["$FL2", "a data file of SPSS", EXPORT],
  ["%PDF-", "a PDF document", "export the readings as CSV with the program that made it"],
  ["{\\rtf", "an RTF document", OFFICE],
  ["\x89PNG\r\n\x1a\n", "a PNG picture", PICTURE],
  ["\xff\xd8\xff", "a JPEG picture", PICTURE],
  ["GIF8", "a GIF picture", PICTURE],
  ["BM", "a BMP picture", PICTURE, /^BM[^]{4}\0\0\0\0/],
  ["II*\0", "a TIFF picture", PICTURE],
  ["MM\0*", "a TIFF picture", PICTURE],
  ["RIFF", "a WebP picture", PICTURE, /^RIFF[^]{4}WEBP/],
  ["RIFF", "a WAV recording", EXPORT, /^RIFF[^]{4}WAVE/],
  ["7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK],
  ["Rar!\x1a\x07", "a RAR archive", UNPACK],
  ["\xfd7zXZ\0", "compressed with xz", DECOMPRESS],
  ["BZh", "compressed with bzip2", DECOMPRESS, /^BZh[1-9](?:1AY&SY|[^ -~]rE8P)/],
  ["\x04\x22\x4d\x18", "compressed with LZ4", DECOMPRESS],
  ["\x1f\x9d", "compressed with compress (.Z)", DECOMPRESS],
  ["MSCF\0\0\0\0", "a CAB archive", UNPACK],
  ["ustar", "a tar archive", UNPACK, undefined, 257],
  ["\x1f\x8b", "compressed twice, inside with gzip", "decompress it once first"],
  ["\x28\xb5\x2f\xfd", "compressed twice, inside with zstd", "decompress it once first"],
  ["\x7fELF", "a program", "name a file of readings"],
  ["MZ", "a program", "name a file of readings", /^MZ[^\x20-\x7e]/],
  ["L\0\0\0\x01\x14\x02\0", "a Windows shortcut (.lnk)", "name the file that it refers to"],
  [
    "",
    "a report already",
    "archfx report upload uploads it, and archfx report decode shows its readings",
    /^[\x80-\x8f]\xa6format\xa4v[12]00/,
  ],
  [
    "version https://git-lfs.",
    "a pointer of Git LFS, not the file itself",
    "fetch it with git lfs pull",
  ],
];

/** Documents with markup, in any encoding. */
const MARKUP: readonly (readonly [has: RegExp, what: string, remedy: string])[] = [
  [
    /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|style)[\s>]/i,
    "an HTML page, which some programs save with the name of a spreadsheet, and some servers send instead of a file",
    "open it in the spreadsheet program and save it as CSV",
  ],
  [
    /^\s*<\?xml[^]*(?:urn:schemas-microsoft-com:office:spreadsheet|progid="Excel)/i,
    "an Excel workbook as XML",
    SAVE,
  ],
  [/^\s*<\?xml[^]*<office:document/i, "an OpenDocument spreadsheet as XML", SAVE],
  [/^\s*<\?xml\s/i, "XML", "export the readings as CSV or JSON"],
  [/^MIME-Version:[^]*multipart\/related/i, "a web archive (MHTML)", SAVE],
];

/** The number of bytes of a file that are examined. */
const LOOKED_AT = 2048;

/** Whether a text begins like an object or an array of JSON. */
export function looksLikeJson(text: string): boolean {
  return /^\s*(?:\{\s*["}]|\[\s*[[{\]"])/.test(text);
}

function say(
  [, what, remedy]: readonly [unknown, what: string, remedy: string, ...unknown[]],
): string {
  return `it is ${what}: ${remedy}`;
}

/**
 * Recognises a file that is not text with readings.
 *
 * @param bytes Its first bytes.
 * @returns One sentence that says what it is; undefined if the file is not recognised.
 */
export function foreignBytes(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, LOOKED_AT));
  const kind = KINDS.find(([begins, , , has, at = 0]) =>
    head.startsWith(begins, at) && (has === undefined || has.test(head))
  );
  return kind && say(kind);
}

/**
 * Recognises a document with markup.
 *
 * @param bytes The first bytes of its text, in UTF-8.
 * @returns One sentence that says what it is; undefined for other text.
 */
export function foreignText(bytes: Uint8Array): string | undefined {
  const first = bytes.find((byte) => byte > 0x20);
  if (first !== 0x3c && first !== 0x4d && first !== 0x6d) return undefined;
  const head = new TextDecoder().decode(bytes.subarray(0, LOOKED_AT));
  const kind = MARKUP.find(([has]) => has.test(head));
  return kind && say(kind);
}
