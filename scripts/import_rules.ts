/**
 * The rules for imports between the folders of `src/`, in this one place. `tests/scripts/import_rules_test.ts`
 * enforces it, and `deno task build:diagram` draws it in ARCHITECTURE.md.
 *
 * @module
 */

/** What a folder may import. */
export interface FolderRule {
  /** The description of the folder, for the diagram. */
  readonly is: string;
  /** The folders that it may import, the nearest first. All folders may import the modules in `src/` itself. */
  readonly imports: readonly string[];
  /** Folders from which it may import only types. */
  readonly types?: readonly string[];
  /** Whether its modules may import modules of Node, and `_node_*.ts`, without a dynamic import. */
  readonly node?: true;
}

/** The folders, from top to bottom: no folder imports one above it, except types. */
export const RULES: Readonly<Record<string, FolderRule>> = {
  cli: {
    is: "the archfx command",
    imports: [
      "main",
      "gateway",
      "emulator",
      "arrow",
      "api",
      "reports",
      "readings",
      "slugs",
      "codec",
    ],
    node: true,
  },
  main: { is: "BaseMain, arguments", imports: ["api"], node: true },
  gateway: {
    is: "a queue and its sender",
    imports: ["api", "reports", "readings", "slugs", "codec"],
    node: true,
  },
  emulator: {
    is: "the cloud on this machine",
    imports: ["reports", "readings", "slugs", "codec"],
    node: true,
  },
  inspector: { is: "the report inspector", imports: ["reports", "readings", "slugs", "codec"] },
  arrow: { is: "Arrow and Parquet", imports: ["readings", "slugs", "codec"] },
  api: { is: "the REST client", imports: ["reports", "readings", "slugs", "codec"] },
  reports: { is: "data points, reports", imports: ["readings", "slugs", "codec"] },
  readings: { is: "columns, CSV, NDJSON", imports: ["codec"] },
  slugs: { is: "slugs, gid helpers", imports: ["codec"], types: ["readings"] },
  codec: { is: "the WASM instance", imports: [] },
};

/** Exceptions from the rules, each with its reason. */
export const EXCEPTIONS: readonly { from: RegExp; to: RegExp; because: string }[] = [
  {
    from: /^src\/emulator\/console\/page\//,
    to: /^src\/(?:inspector|codec)\//,
    because: "the page is bundled; the emulator's modules import neither",
  },
];

/** The names of the WASM instance that other folders than `codec` may import, because they do not expose memory. */
export const INSTANCE_NAMES: readonly string[] = ["init", "codecModule"];

/**
 * The views of linear memory and their types, only for codec: the next call overwrites the memory of a view.
 * Other folders get values and columns.
 */
export const REGIONS: readonly string[] = ["arena", "csv_region", "slug_region", "memory"].map(
  (name) => `src/codec/${name}.ts`,
);

/**
 * Imports that currently violate a rule. The list may only get shorter.
 */
export const KNOWN_VIOLATIONS: readonly string[] = [];

/** Modules in import cycles, by folder. The lists may only get shorter. */
export const KNOWN_CIRCLES: readonly (readonly string[])[] = [];
