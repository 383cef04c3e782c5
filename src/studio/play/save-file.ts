import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "../../onnx/safetensors.ts";
import type { LoopState } from "../../train/loop/game-loop.ts";
import { usageError } from "../../util/errors.ts";
import type { RandomState } from "../../util/random.ts";
import type { PlaySnapshot } from "./playground.ts";
import { checkPlay } from "./settings.ts";

/** A snapshot as a safetensors file; settings and states are its metadata. */
export function encodePlay({ settings, arrays, loop, data }: PlaySnapshot): Uint8Array {
  const tensors = [...arrays].map(([name, a]): [string, NamedTensor] => [
    name,
    { dtype: "F32", shape: [a.length], data: Float32Array.from(a) },
  ]);
  return encodeSafetensors(new Map(tensors), {
    gansmith: "play",
    settings: JSON.stringify(settings),
    loop: JSON.stringify(loop),
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
    arrays: new Map(
      [...tensors].map(([name, t]) => [name, Float32Array.from(t.data as Float32Array)]),
    ),
    loop: JSON.parse(metadata.loop ?? "null") as LoopState,
    data: JSON.parse(metadata.data ?? "null") as RandomState,
  };
}
