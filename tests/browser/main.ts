/**
 * All browser tests, for `deno task test:browser`: in one run, so that a missing browser is said once.
 *
 * @module
 */
import "./client_browser.ts";
import "./console_browser.ts";
import "./inspector_browser.ts";
