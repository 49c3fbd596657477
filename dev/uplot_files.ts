/**
 * The files of `uplot` that are not modules, for the script that bundles the pages.
 *
 * @module
 */
// Only imported packages are on the disk; deno.json does not contain the npm packages for development.
// deno-lint-ignore no-import-prefix
import "npm:uplot@1.6.32";

/** The style sheet. */
export const UPLOT_STYLES: URL = new URL(
  import.meta.resolve("npm:uplot@1.6.32/dist/uPlot.min.css"),
);
/** The licence. */
export const UPLOT_LICENCE: URL = new URL("../LICENSE", UPLOT_STYLES);
