/**
 * All browser tests, for `deno task test:browser`: in one run, so that a missing browser is reported once.
 *
 * @module
 */
import "./accessible_browser.ts";
import "./client_browser.ts";
import "./console_browser.ts";
import "./console_views_browser.ts";
import "./inspector_browser.ts";
import "./inspector_views_browser.ts";
