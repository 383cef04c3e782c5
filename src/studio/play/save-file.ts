import { asHalf, floatsOf } from "../../onnx/half.ts";
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "../../onnx/safetensors.ts";
import type { LoopState } from "../../train/loop/game-loop.ts";
import { usageError } from "../../util/errors.ts";
import type { RandomState } from "../../util/random.ts";
import type { PlaySnapshot } from "./playground.ts";
import { checkPlay } from "./settings.ts";

/**
 * A snapshot as a safetensors file; settings and states are its metadata. `weightsAlone` leaves out what
 * the optimizers remember and rounds to 16 bits: a pair to begin with, not a game to go on with exactly.
 */
export function encodePlay(
  { settings, arrays, loop, data }: PlaySnapshot,
  { weightsAlone = false } = {},
): Uint8Array {
  const tensors = [...arrays].map(([name, a]): [string, NamedTensor] => [
    name,
    { dtype: "F32", shape: [a.length], data: Float32Array.from(a) },
  ]);
  const kept = weightsAlone
    ? tensors
        .filter(([name]) => !name.startsWith("optimizer/"))
        .map(([name, tensor]): [string, NamedTensor] => [name, asHalf(tensor)])
    : tensors;
  return encodeSafetensors(new Map(kept), {
    gansmith: "play",
    settings: JSON.stringify(settings),
    loop: JSON.stringify(weightsAlone ? { ...loop, updates: {} } : loop),
    data: JSON.stringify(data),
  });
}

/** Throws where the file is damaged or no game in the plane. */
export function decodePlay(bytes: Uint8Array): PlaySnapshot {
  const { tensors, metadata } = decodeSafetensors(bytes);
  if (metadata.gansmith !== "play") {
    throw usageError("this safetensors file holds no game of the playground.");
  }
  const settings = checkPlay(JSON.parse(metadata.settings ?? "null"));
  return {
    settings,
    arrays: new Map([...tensors].map(([name, tensor]) => [name, floatsOf(tensor)])),
    loop: JSON.parse(metadata.loop ?? "null") as LoopState,
    data: JSON.parse(metadata.data ?? "null") as RandomState,
  };
}
