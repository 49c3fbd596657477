/**
 * The Python that tests compare with, preferably that of `.venv`: a `python3` of pyenv starts eight shells before
 * Python, which takes as long as the test itself.
 */

/** The path or the name of Python 3, or undefined if it cannot be started. */
export const PYTHON: string | undefined = await pythonCommand();

async function pythonCommand(): Promise<string | undefined> {
  const own = new URL("../.venv/bin/python", import.meta.url).pathname;
  for (const name of [own, "python3", "python"]) {
    try {
      const script = "import sys; sys.exit(sys.version_info < (3, 9))";
      const { success } = await new Deno.Command(name, { args: ["-c", script] }).output();
      if (success) return name;
    } catch { /* Not installed. */ }
  }
  return undefined;
}

/** Whether Python has a module. */
export async function pythonHas(module: string): Promise<boolean> {
  if (PYTHON === undefined) return false;
  return (await new Deno.Command(PYTHON, { args: ["-c", `import ${module}`] }).output()).success;
}
