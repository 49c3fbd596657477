/**
 * The Python that tests compare with. The one of `.venv` is preferred: a `python3` of pyenv starts eight shells
 * before it starts Python, which costs as much as what it is started for.
 */

/** The path or the name of Python 3, or undefined where none starts. */
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
