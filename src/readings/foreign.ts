/**
 * Recognises files that are not text with readings by their first bytes, and says how their readings can be loaded.
 *
 * @module
 */

/** A kind of file: its first bytes, its name, and the remedy. */
interface Kind {
  /** The first bytes, each as a character of Latin-1. */
  readonly begins: string;
  /** The offset of these bytes. @default {0} */
  readonly at?: number;
  /** A pattern that the beginning must also match. */
  readonly has?: RegExp;
  readonly what: string;
  readonly remedy: string;
}

const SAVE = "save it as CSV in the spreadsheet program";
const OFFICE = "save the table in it as CSV";
const UNPACK = "unpack it first";
const DECOMPRESS = "decompress it first; only gzip and zstd are decompressed automatically";
const EXPORT = "export the readings as CSV with the program that wrote it";
const PICTURE = "it has no text; export the readings as CSV instead";
const PYTHON = "write it as CSV or Parquet with the library that wrote it";

const KINDS: readonly Kind[] = [
  {
    begins: "PK\x03\x04",
    has: /mimetypeapplication\/vnd\.oasis\.opendocument\.spreadsheet/,
    what: "an OpenDocument spreadsheet (.ods)",
    remedy: SAVE,
  },
  {
    begins: "PK\x03\x04",
    has: /mimetypeapplication\/vnd\.oasis/,
    what: "an OpenDocument file",
    remedy: OFFICE,
  },
  {
    begins: "PK\x03\x04",
    has: /Index\/(?:Document|Metadata|Tables)/,
    what: "a Numbers spreadsheet",
    remedy: SAVE,
  },
  { begins: "PK\x03\x04", has: /word\//, what: "a Word document (.docx)", remedy: OFFICE },
  {
    begins: "PK\x03\x04",
    has: /\[Content_Types\]\.xml|_rels\/\.rels|docProps\/|xl\//,
    what: "an Excel workbook (.xlsx)",
    remedy: SAVE,
  },
  { begins: "PK\x03\x04", what: "a zip archive", remedy: UNPACK },
  { begins: "PK\x05\x06", what: "an empty zip archive", remedy: UNPACK },
  {
    begins: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    what: "an Excel workbook (.xls) or another Office file",
    remedy: SAVE,
  },
  { begins: "\x09\x08\x10\x00\x00\x06", what: "an old Excel workbook (.xls)", remedy: SAVE },
  { begins: "\x09\x08\x08\x00\x00\x05", what: "an old Excel workbook (.xls)", remedy: SAVE },
  { begins: "\x09\x04\x06\x00", what: "an old Excel workbook (.xls)", remedy: SAVE },
  { begins: "\x09\x00\x04\x00", what: "an old Excel workbook (.xls)", remedy: SAVE },
  {
    begins: "\x00\x01\x00\x00Standard ",
    what: "an Access database",
    remedy: "export the table as CSV in Access",
  },
  {
    begins: "SQLite format 3\0",
    what: "an SQLite database",
    remedy: 'export the table as CSV: sqlite3 -header -csv FILE "SELECT * FROM readings"',
  },
  {
    begins: "PAR1",
    what: "a Parquet file",
    remedy:
      "it needs no profile, since archfx report encode and readParquet read it directly; if it is compressed, decompress it first",
  },
  { begins: "PARE", what: "an encrypted Parquet file", remedy: "write it without encryption" },
  {
    begins: "ARROW1",
    what: "an Arrow file",
    remedy:
      "it needs no profile, since archfx report encode and readArrow read it directly; if it is compressed, decompress it first",
  },
  {
    begins: "FEA1",
    what: "an old Feather file (version 1)",
    remedy: "write it as version 2, as CSV or Parquet",
  },
  {
    begins: "ORC",
    has: /^ORC[^ -~]/,
    what: "an ORC file",
    remedy: "write it as CSV or Parquet",
  },
  { begins: "Obj\x01", what: "an Avro file", remedy: "write it as CSV or Parquet" },
  {
    begins: "\x89HDF\r\n\x1a\n",
    what: "an HDF5 file (or a MATLAB file of version 7.3)",
    remedy: EXPORT,
  },
  { begins: "CDF\x01", what: "a NetCDF file", remedy: EXPORT },
  { begins: "CDF\x02", what: "a NetCDF file", remedy: EXPORT },
  {
    begins: "MATLAB 5.0 MAT-file",
    what: "a MATLAB file",
    remedy: "write it as CSV with writetable in MATLAB",
  },
  { begins: "TDSm", what: "a TDMS file of LabVIEW", remedy: EXPORT },
  { begins: "TDSh", what: "an index of a TDMS file of LabVIEW", remedy: EXPORT },
  { begins: "MDF     ", what: "a measurement file of the MDF format", remedy: EXPORT },
  {
    begins: "UnFinMF ",
    what: "a measurement file of the MDF format that was not finished",
    remedy: EXPORT,
  },
  { begins: "\x93NUMPY", what: "an array of NumPy", remedy: PYTHON },
  { begins: "\x80\x02}", what: "a pickle of Python", remedy: PYTHON },
  { begins: "\x80\x03", what: "a pickle of Python", remedy: PYTHON },
  { begins: "\x80\x04\x95", what: "a pickle of Python", remedy: PYTHON },
  { begins: "\x80\x05\x95", what: "a pickle of Python", remedy: PYTHON },
  {
    begins: "RDX",
    has: /^RDX[23]\n/,
    what: "a data file of R",
    remedy: "write it as CSV with write.csv in R",
  },
  {
    begins: "X\n\0\0\0",
    what: "a data file of R (.rds)",
    remedy: "write it as CSV with write.csv in R",
  },
  { begins: "<stata_dta>", what: "a data file of Stata", remedy: EXPORT },
  { begins: "$FL2", what: "a data file of SPSS", remedy: EXPORT },
  {
    begins: "%PDF-",
    what: "a PDF document",
    remedy: "export the readings as CSV with the program that made it",
  },
  { begins: "{\\rtf", what: "an RTF document", remedy: OFFICE },
  { begins: "\x89PNG\r\n\x1a\n", what: "a PNG picture", remedy: PICTURE },
  { begins: "\xff\xd8\xff", what: "a JPEG picture", remedy: PICTURE },
  { begins: "GIF8", what: "a GIF picture", remedy: PICTURE },
  { begins: "BM", has: /^BM[^]{4}\0\0\0\0/, what: "a BMP picture", remedy: PICTURE },
  { begins: "II*\0", what: "a TIFF picture", remedy: PICTURE },
  { begins: "MM\0*", what: "a TIFF picture", remedy: PICTURE },
  { begins: "RIFF", has: /^RIFF[^]{4}WEBP/, what: "a WebP picture", remedy: PICTURE },
  { begins: "RIFF", has: /^RIFF[^]{4}WAVE/, what: "a WAV recording", remedy: EXPORT },
  { begins: "7z\xbc\xaf\x27\x1c", what: "a 7z archive", remedy: UNPACK },
  { begins: "Rar!\x1a\x07", what: "a RAR archive", remedy: UNPACK },
  { begins: "\xfd7zXZ\0", what: "compressed with xz", remedy: DECOMPRESS },
  {
    begins: "BZh",
    has: /^BZh[1-9](?:1AY&SY|[^ -~]rE8P)/,
    what: "compressed with bzip2",
    remedy: DECOMPRESS,
  },
  { begins: "\x04\x22\x4d\x18", what: "compressed with LZ4", remedy: DECOMPRESS },
  { begins: "\x1f\x9d", what: "compressed with compress (.Z)", remedy: DECOMPRESS },
  { begins: "MSCF\0\0\0\0", what: "a CAB archive", remedy: UNPACK },
  { begins: "ustar", at: 257, what: "a tar archive", remedy: UNPACK },
  {
    begins: "\x1f\x8b",
    what: "compressed twice, inside with gzip",
    remedy: "decompress it once first",
  },
  {
    begins: "\x28\xb5\x2f\xfd",
    what: "compressed twice, inside with zstd",
    remedy: "decompress it once first",
  },
  { begins: "\x7fELF", what: "a program", remedy: "name a file of readings" },
  { begins: "MZ", has: /^MZ[^\x20-\x7e]/, what: "a program", remedy: "name a file of readings" },
  {
    begins: "L\0\0\0\x01\x14\x02\0",
    what: "a Windows shortcut (.lnk)",
    remedy: "name the file that it refers to",
  },
  {
    begins: "",
    has: /^[\x80-\x8f]\xa6format\xa4v[12]00/,
    what: "a report already",
    remedy: "archfx report upload uploads it, and archfx report decode shows its readings",
  },
  {
    begins: "version https://git-lfs.",
    what: "a pointer of Git LFS, not the file itself",
    remedy: "fetch it with git lfs pull",
  },
];

/** Documents with markup, in any encoding. */
const MARKUP: readonly { readonly has: RegExp; readonly what: string; readonly remedy: string }[] =
  [
    {
      has:
        /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|style)[\s>]/i,
      what:
        "an HTML page, which some programs save with the name of a spreadsheet, and some servers send instead of a file",
      remedy: "open it in the spreadsheet program and save it as CSV",
    },
    {
      has: /^\s*<\?xml[^]*(?:urn:schemas-microsoft-com:office:spreadsheet|progid="Excel)/i,
      what: "an Excel workbook as XML",
      remedy: SAVE,
    },
    {
      has: /^\s*<\?xml[^]*<office:document/i,
      what: "an OpenDocument spreadsheet as XML",
      remedy: SAVE,
    },
    { has: /^\s*<\?xml\s/i, what: "XML", remedy: "export the readings as CSV or JSON" },
    { has: /^MIME-Version:[^]*multipart\/related/i, what: "a web archive (MHTML)", remedy: SAVE },
  ];

/** The number of bytes of a file that are examined. */
const LOOKED_AT = 2048;

/** Whether a text begins like an object or an array of JSON. */
export function looksLikeJson(text: string): boolean {
  return /^\s*(?:\{\s*["}]|\[\s*[[{\]"])/.test(text);
}

function say({ what, remedy }: { what: string; remedy: string }): string {
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
  const kind = KINDS.find(({ begins, at = 0, has }) =>
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
  const kind = MARKUP.find(({ has }) => has.test(head));
  return kind && say(kind);
}
