import type { Command } from "commander";
import { addJson } from "./flags.ts";
import { Output } from "./output.ts";

/** `gansmith doctor` */
export function addDoctor(program: Command): Command {
  const command = program
    .command("doctor")
    .summary("what this machine can use, and what is missing")
    .description(
      "Tries what gansmith can use on this machine, and says how to get what is missing.",
    );
  return addJson(command).action(async (flags: { json?: boolean }) => {
    const { examine } = await import("./examine-machine.ts");
    const output = new Output(flags.json === true);
    const findings = examine((finding) => {
      const mark = { ok: "ok  ", missing: "--  ", bad: "!!  " }[finding.state];
      output.text(`${mark}${finding.name.padEnd(24)} ${finding.found}`);
      if (finding.fix !== undefined) output.text(`      ${finding.fix}`);
    });
    const bad = findings.filter((f) => f.state === "bad").length;
    output.text(
      bad === 0
        ? "\nTraining works here. -- marks what is optional and missing."
        : `\n${bad} of these must be put right before training works (marked !!).`,
    );
    output.result({ ok: bad === 0, findings });
    if (bad > 0) process.exitCode = 1;
  });
}
