import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** A worker in a process of its own, asked one thing at a time. */
export class WorkerProcess {
  #child;
  #lines;
  #errors = "";

  /** @param {string} command @param {readonly string[]} args */
  constructor(command, args) {
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#child.stderr.setEncoding("utf8").on("data", (text) => {
      this.#errors = (this.#errors + text).slice(-4000);
    });
    this.#child.on("error", (error) => {
      this.#errors += error.message;
    });
    // A worker that died is told by the missing answer.
    this.#child.stdin.on("error", () => {});
  }

  /**
   * Sends a request and waits for its answer. Throws with the worker's own words.
   * @param {{ cmd: string, [key: string]: unknown }} request
   */
  async ask(request) {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) {
      const last = this.#errors.trim().split("\n").at(-1) ?? "";
      throw new Error(`the worker ended${last ? `: ${last}` : " without a word"}`);
    }
    const reply = JSON.parse(value);
    if (!reply.ok) throw new Error(reply.error);
    return reply;
  }

  /** Processor time of all its threads so far in ms; undefined where the system does not show it. */
  cpuMs() {
    try {
      const stat = readFileSync(`/proc/${this.#child.pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return (Number(fields[11]) + Number(fields[12])) * 10;
    } catch {
      return undefined;
    }
  }

  async close() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("close", resolve));
    this.#child.stdin.end(`${JSON.stringify({ cmd: "quit" })}\n`);
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 3000);
    await ended;
    clearTimeout(timer);
  }
}
