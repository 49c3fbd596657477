/**
 * `archfx completions`: completion scripts for bash, zsh and fish, from the table of commands.
 *
 * @module
 */
import type { Argument } from "../../main/argument_parser.ts";
import type { Command, Entry } from "../_command.ts";
import { commandParser } from "../_help_text.ts";

interface Completed {
  name: string;
  summary: string;
  options: readonly Argument[];
  /** The values of the first positional argument, if there are only a few. */
  choices: readonly string[];
  /** Whether there are positional arguments at all. */
  takesPlaces: boolean;
}

/** The command. */
export const completions: Command = {
  description: "Print a completion script for a shell, with the commands and options of archfx.",
  examples: [
    [
      "source <(archfx completions bash)",
      "For this shell; put it into ~/.bashrc for all shells",
    ],
    [
      "archfx completions zsh > ~/.zfunc/_archfx",
      "For zsh, with ~/.zfunc in fpath before compinit",
    ],
    ["archfx completions fish > ~/.config/fish/completions/archfx.fish", "For fish"],
  ],
  withoutJson: true,
  arguments(parser) {
    parser.addArgument("shell", { choices: ["bash", "zsh", "fish"], help: "The shell" });
  },
  async run(context, args) {
    const scripts: Record<string, (all: Completed[]) => string> = { bash, zsh, fish };
    await context.io.write(scripts[args.shell]!(await everything(context.commands)));
  },
};

async function everything(table: readonly Entry[]): Promise<Completed[]> {
  return await Promise.all(table.map(async (entry) => {
    const parser = commandParser(entry, await entry.load());
    const first = parser.arguments.find((argument) => !argument.option);
    return {
      name: entry.name,
      summary: entry.summary,
      options: parser.arguments.filter((argument) => argument.option),
      choices: (first?.choices ?? []).map(String),
      takesPlaces: first !== undefined,
    };
  }));
}

/** First words, and second words by first word. */
function words(all: readonly Completed[]): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const { name } of all) {
    const [first, second] = name.split(" ");
    const seconds = result.get(first) ?? [];
    if (second !== undefined) seconds.push(second);
    result.set(first, seconds);
  }
  return result;
}

function optionWords(command: Completed): string {
  return command.options.map((option) => `--${option.name}`).join(" ");
}

function bash(all: Completed[]): string {
  const firsts = words(all);
  const cases = all.map((command) => {
    const more = command.choices.length > 0 ? ` ${command.choices.join(" ")}` : "";
    return `    "${command.name}") words="${optionWords(command)}${more}" ;;`;
  });
  const groups = [...firsts].filter(([, seconds]) => seconds.length > 0)
    .map(([first, seconds]) => `    ${first}) words="${seconds.join(" ")}" ;;`);
  const pairs = all.filter(({ name }) => name.includes(" ")).map(({ name }) => `"${name}"`);
  return `# Completion of archfx for bash, written by "archfx completions bash".
_archfx() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words="" command="\${COMP_WORDS[1]}"
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${[...firsts.keys()].join(" ")} --help --version" -- "$current"))
    return
  fi
  if [ "$COMP_CWORD" -eq 2 ] && [[ "$current" != -* ]]; then
    case "$command" in
${groups.join("\n")}
    esac
    if [ -n "$words" ]; then
      COMPREPLY=($(compgen -W "$words" -- "$current"))
      [ "\${#COMPREPLY[@]}" -eq 0 ] || return
    fi
  fi
  case "$command \${COMP_WORDS[2]}" in
    ${pairs.join("|")}) command="$command \${COMP_WORDS[2]}" ;;
  esac
  case "$command" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ "\${#COMPREPLY[@]}" -eq 0 ] && [[ "$current" != -* ]]; then
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _archfx archfx
`;
}

function zsh(all: Completed[]): string {
  const firsts = words(all);
  const quote = (text: string) => text.replaceAll("'", "'\\''").replaceAll(":", "\\:");
  const inBrackets = (text: string) => quote(text).replaceAll("[", "\\[").replaceAll("]", "\\]");
  const describe = (first: string) =>
    quote(all.find((command) => command.name === first)?.summary ?? `Commands about a ${first}`);
  const branches = all.map((command) => {
    const options = command.options.map((option) => {
      const values = option.choices ? `(${option.choices.join(" ")})` : "_files";
      const value = option.type === "boolean" ? "" : `:${option.metavar}:${values}`;
      return `      '--${option.name}[${inBrackets(option.help ?? "")}]${value}'`;
    });
    const places = command.choices.length > 0
      ? [`      '1:value:(${command.choices.join(" ")})'`]
      : command.takesPlaces
      ? ["      '*:file:_files'"]
      : [];
    return `    '${command.name}')\n      _arguments \\\n${
      [...options, ...places].join(" \\\n")
    } ;;`;
  });
  const groups = [...firsts].filter(([, list]) => list.length > 0);
  const seconds = groups.map(([first, list]) => {
    const described = list.map((second) =>
      `'${second}:${quote(all.find((it) => it.name === `${first} ${second}`)!.summary)}'`
    );
    // If the first word is also a command by itself, its options are completed here, too.
    const alone = all.some((command) => command.name === first) ? "" : "; return";
    return `      ${first}) commands=(${
      described.join(" ")
    }); _describe command commands${alone} ;;`;
  });
  const pairs = groups.flatMap(([first, list]) => list.map((second) => `'${first} ${second}'`));
  return `#compdef archfx
# Completion of archfx for zsh, written by "archfx completions zsh".
_archfx() {
  local -a commands
  if (( CURRENT == 2 )); then
    commands=(
${[...firsts.keys()].map((first) => `      '${first}:${describe(first)}'`).join("\n")}
    )
    _describe command commands
    return
  fi
  local name="$words[2]" strip=1
  if (( CURRENT == 3 )); then
    case "$name" in
${seconds.join("\n")}
    esac
  else
    case "$words[2] $words[3]" in
      ${pairs.join("|")}) name="$words[2] $words[3]"; strip=2 ;;
    esac
  fi
  shift $strip words
  (( CURRENT -= strip ))
  case "$name" in
${branches.join("\n")}
  esac
}
# Autoloaded from fpath, the function must run now; if sourced, it is only defined.
if [[ "$funcstack[1]" == _archfx ]]; then _archfx "$@"; else compdef _archfx archfx; fi
`;
}

function fish(all: Completed[]): string {
  const quote = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const pairs = all.filter(({ name }) => name.includes(" ")).map(({ name }) => quote(name));
  const lines = [`# Completion of archfx for fish, written by "archfx completions fish".
function __archfx_is
  set -l words (commandline -opc)
  set -l name "$words[2]"
  if contains -- "$words[2] $words[3]" ${pairs.join(" ")}
    set name "$words[2] $words[3]"
  end
  test "$name" = "$argv[1]"
end`];
  for (const [first, seconds] of words(all)) {
    const summary = all.find((command) => command.name === first)?.summary ??
      `Commands about a ${first}`;
    lines.push(`complete -c archfx -n __fish_use_subcommand -f -a ${first} -d ${quote(summary)}`);
    for (const second of seconds) {
      const command = all.find((it) => it.name === `${first} ${second}`)!;
      lines.push(
        `complete -c archfx -n '__fish_seen_subcommand_from ${first}; and not ` +
          `__fish_seen_subcommand_from ${seconds.join(" ")}' -f -a ${second} -d ${
            quote(command.summary)
          }`,
      );
    }
  }
  for (const command of all) {
    const seen = `__archfx_is "${command.name}"`;
    for (const choice of command.choices) {
      lines.push(`complete -c archfx -n '${seen}' -f -a ${choice}`);
    }
    for (const option of command.options) {
      const short = option.short === undefined ? "" : ` -s ${option.short}`;
      const value = option.type === "boolean"
        ? ""
        : option.choices
        ? ` -x -a ${quote(option.choices.join(" "))}`
        : " -r";
      lines.push(
        `complete -c archfx -n '${seen}' -l ${option.name}${short}${value} -d ${
          quote(option.help ?? "")
        }`,
      );
    }
  }
  return lines.join("\n") + "\n";
}
