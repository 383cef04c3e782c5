import type { SequenceGenerator } from "../../../adversarial/index.ts";
import { unknownName, usageError } from "../../../util/errors.ts";
import { parseWith } from "../../../util/parse-with.ts";
import type { SequenceMethod, SequenceTeacher, TeacherInputs } from "../method.ts";
import { committee } from "./committee.ts";
import { cot } from "./cot.ts";
import { likelihood } from "./likelihood.ts";
import { maligan } from "./maligan.ts";
import { rankgan } from "./rankgan.ts";
import { relgan } from "./relgan.ts";
import { scratchgan } from "./scratchgan.ts";
import { seqgan } from "./seqgan.ts";

/** Every way to teach a generator of sequences; a new one is a file here and an entry. */
const methods = [
  likelihood,
  seqgan,
  maligan,
  rankgan,
  scratchgan,
  cot,
  committee,
  relgan,
] as unknown as readonly SequenceMethod[];

/** Which method, with its options: plain JSON, such as `{ name: "seqgan", rollouts: 4 }`. */
export interface MethodSpec {
  readonly name: string;
  readonly [option: string]: unknown;
}

/**
 * Throws a usage error for an unknown method, an option that does not fit, or a generator that it
 * cannot teach.
 */
export function checkMethod(spec: MethodSpec, generator?: SequenceGenerator): void {
  const { method } = parsed(spec);
  const why = generator && method.refuses?.(generator);
  if (why) throw usageError(`sequence method "${method.name}" ${why}.`);
}

/** Opens a method. Throws as `checkMethod` does. */
export function openTeacher(spec: MethodSpec, inputs: TeacherInputs): Promise<SequenceTeacher> {
  const { method, options } = parsed(spec);
  return method.open(inputs, options);
}

function parsed({ name, ...given }: MethodSpec): {
  readonly method: SequenceMethod;
  readonly options: unknown;
} {
  const method = methods.find((m) => m.name === name);
  if (!method) {
    const known = methods.map((m) => m.name);
    throw unknownName("sequence method", name, known);
  }
  const options = parseWith(method.schema, given, `sequence method "${name}"`, "method");
  return { method, options };
}
