import type { Emitter } from "../op.ts";

/** ONNX's number of the type. */
const int64 = 7;

/** The same whole numbers as int64, in which some ONNX ops want indices and counts. */
export function asInt64(emit: Emitter, value: string): string {
  return emit.node("Cast", [value], { to: int64 });
}
