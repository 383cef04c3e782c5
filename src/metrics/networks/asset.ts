import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { decodeSafetensors, type SafetensorsFile } from "../../onnx/safetensors.ts";
import { GansmithError } from "../../util/errors.ts";
import { ioError } from "../../util/node/files.ts";

/** A weights file that the package brings. */
export interface Asset {
  /** File in `assets/`. */
  readonly asset: string;
  /** sha256 of that file, checked whenever it is read. */
  readonly sha256: string;
}

/** Reads a weights file and makes sure that it is the one meant. */
export function readAsset({ asset, sha256 }: Asset, network: string): SafetensorsFile {
  const url = new URL(`../../../assets/${asset}`, import.meta.url);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(url);
  } catch (error) {
    throw ioError(`read the weights of network ${network}, assets/${asset}`, error);
  }
  const digest = createHash("sha256").update(bytes).digest("hex");
  if (digest !== sha256) {
    throw new GansmithError(
      "data",
      `network ${network}: assets/${asset} is damaged: its sha256 is ${digest}, ` +
        `expected ${sha256}. Install gansmith again.`,
    );
  }
  return decodeSafetensors(bytes);
}
