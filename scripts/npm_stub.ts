/**
 * The module that stands in for those that need a file system or a runtime's own API, in bundles for
 * browsers: it has their names, and each says what is missing when it is called.
 *
 * @module
 */

/** Modules that need a file system or a runtime's own API: reached by dynamic import only. */
const RUNTIME_MODULE = /\/_(?:node|deno)_[^/]*\.js$/;

/** Whether a module is one of these; `path` is its path in the package. */
export function isRuntime(path: string): boolean {
  return RUNTIME_MODULE.test(`/${path}`);
}

/** Where the stub stands beside the modules. */
export const BROWSER_STUB = "src/_browser.js";

/** The name by which a runtime module is imported. */
export function runtimeName(path: string): string {
  return `#${path.replace(/\.js$/, "")}`;
}

/**
 * What package.json says of these names.
 *
 * @param runtime The modules' paths.
 * @param folder Where the modules are in the package: "" or a folder with a slash at its end.
 */
export function runtimeImports(
  runtime: Iterable<string>,
  folder = "",
): Record<string, { browser: string; default: string }> {
  return Object.fromEntries(
    Array.from(runtime, (path) => [
      runtimeName(path),
      { browser: `./${folder}${BROWSER_STUB}`, default: `./${folder}${path}` },
    ]),
  );
}

/**
 * The text of the stub.
 *
 * @param names What the replaced modules export.
 */
export function browserStub(names: Iterable<string>): string {
  const lines = [...new Set(names)].sort().map((name) =>
    `export function ${name}() {\n  return unavailable("${name}");\n}\n`
  );
  return `// Stands in for the modules that need a file system, in bundles for browsers.
function unavailable(name) {
  throw new TypeError(\`Cannot use \${name}: this bundle was made for browsers\`);
}
${lines.join("")}`;
}
