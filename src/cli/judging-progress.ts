import type { Output } from "./output.ts";

/** How far a judgement is, on one line of a terminal, and its warnings; `end` takes the line away. */
export function judgingProgress(output: Output) {
  const terminal = process.stderr.isTTY === true;
  const clear = terminal ? "\r\u001b[2K" : "";
  return {
    onProgress: (stage: string, done: number, total?: number) => {
      if (!terminal) return;
      process.stderr.write(`${clear}${stage} ${total === undefined ? done : `${done}/${total}`}`);
    },
    onWarning: (message: string) => output.note(`${clear}${message}`),
    end: () => void process.stderr.write(clear),
  };
}
