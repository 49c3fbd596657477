/**
 * examples/notebook.ipynb, run headless with Deno's kernel and nbclient.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";

const root = new URL("../../", import.meta.url);
const python = Deno.env.get("ARCHFX_PYTHON") ?? new URL(".venv/bin/python", root).pathname;

const hasClient = await new Deno.Command(python, { args: ["-c", "import nbclient"] }).output()
  .then(({ success }) => success, () => false);
if (!hasClient) console.log("no nbclient in .venv: the notebook does not run");

/** Runs a notebook in a folder and prints the outputs of its cells. */
const PROGRAM = `
import json, sys, warnings
warnings.simplefilter("ignore")
import nbformat
from nbclient import NotebookClient
path, folder = sys.argv[1:]
book = nbformat.read(path, 4)
NotebookClient(book, timeout=300, kernel_name="deno", resources={"metadata": {"path": folder}}).execute()
print(json.dumps([cell.outputs for cell in book.cells if cell.cell_type == "code"]))
`;

interface Output {
  readonly output_type: string;
  readonly data?: Readonly<Record<string, string>>;
}

/**
 * Sometimes the client treats a cell as done before the result of the kernel arrives. Then the notebook runs
 * again.
 */
const ATTEMPTS = 4;

async function outputsOf(kernels: string): Promise<Output[][]> {
  for (let attempt = 1;; attempt++) {
    const { success, stdout, stderr } = await new Deno.Command(python, {
      args: [
        "-c",
        PROGRAM,
        new URL("examples/notebook.ipynb", root).pathname,
        new URL("examples", root).pathname,
      ],
      env: { JUPYTER_DATA_DIR: kernels, NO_COLOR: "1" },
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    const outputs: Output[][] = JSON.parse(new TextDecoder().decode(stdout));
    if (attempt === ATTEMPTS || outputs.every((cell) => cell.length > 0)) return outputs;
  }
}

Deno.test({
  name: "examples/notebook.ipynb shows a report, columns and a factory map",
  ignore: !hasClient,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.mkdir(`${folder}/kernels/deno`, { recursive: true });
      const kernel = {
        argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
        display_name: "Deno",
        language: "typescript",
      };
      await Deno.writeTextFile(`${folder}/kernels/deno/kernel.json`, JSON.stringify(kernel));
      const outputs = await outputsOf(folder);
      const [report, columns, chunk, map, page] = outputs.map((cell) => {
        assertEquals(cell.map(({ output_type }) => output_type), ["execute_result"]);
        return cell[0].data!;
      });
      for (const { "text/html": html, "text/plain": text } of [report, columns]) {
        assertEquals(html.match(/<svg /g)!.length, 2);
        // Half an hour is missing in the middle: each line has two parts.
        for (const [, path] of html.matchAll(/ d="(M[^"]+)" stroke="#0b6bcb"/g)) {
          assertEquals(path.split("M").length, 3);
        }
        assertStringIncludes(html, "<td>0001-5001</td>");
        assertStringIncludes(text, "and 220 rows more");
      }
      // Those of readCsv have their devices, those of stream().readings() have one stream.
      assertEquals(chunk["image/svg+xml"].match(/<svg /g)!.length, 1 + 4);
      assertStringIncludes(chunk["text/html"], "d--0000-0000-0000-0005, 0001-5090, 480 readings");
      assertStringIncludes(chunk["text/plain"], "and 3823 rows more");
      assertEquals(page["image/svg+xml"].match(/<svg /g)!.length, 1 + 1);
      assertStringIncludes(page["text/plain"], "ReadingColumns (length: 120)");
      assertStringIncludes(map["text/html"], "<td>Guadalajara</td>");
      assertStringIncludes(map["text/plain"], "FactoryMap");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
