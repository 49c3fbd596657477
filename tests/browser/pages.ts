/**
 * The tests of both pages, for `deno task test:browser`: in one run, so that a missing browser is said once.
 *
 * @module
 */
import "./console_browser.ts";
import "./inspector_browser.ts";
