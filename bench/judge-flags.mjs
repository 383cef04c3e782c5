import { join } from "node:path";
import { parseArgs } from "node:util";

/** `RUN [--python PATH]`, as programs that let Python judge a run take them; ends the program without. */
export function judgeFlags(program, example) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      python: {
        type: "string",
        default: join(import.meta.dirname, "..", ".venv", "bin", "python"),
      },
    },
  });
  const [path] = positionals;
  if (path === undefined) {
    console.error(`bench/${program} needs a run folder, such as ${example}`);
    process.exit(2);
  }
  return { path, python: values.python };
}
