/** `esbuild`: bundles pages and workers. */
export * from "npm:esbuild@0.28.2";
