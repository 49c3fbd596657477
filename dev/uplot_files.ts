/**
 * The files of `uplot` that are not modules, for the script that bundles the pages.
 *
 * @module
 */
// Only what is imported has a place on the disk; deno.json does not name npm packages of development.
// deno-lint-ignore no-import-prefix
import "npm:uplot@1.6.32";

/** The style sheet. */
export const UPLOT_STYLES: URL = new URL(
  import.meta.resolve("npm:uplot@1.6.32/dist/uPlot.min.css"),
);
/** The licence. */
export const UPLOT_LICENCE: URL = new URL("../LICENSE", UPLOT_STYLES);
