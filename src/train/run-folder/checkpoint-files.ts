import { sha256 as hash } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "../../onnx/safetensors.ts";
import { GansmithError } from "../../util/errors.ts";
import { checkJson } from "../../util/json.ts";
import type { Checkpoint } from "./checkpoint-content.ts";
import { encodeManifest, type Manifest } from "./checkpoint-manifest.ts";

const manifestName = /^(\d{6,})\.json$/;

/** `000123.json`. */
export function manifestNameOf(step: number): string {
  return `${stemOf(step)}.json`;
}

/** The step of a manifest by its file's name; `undefined` for other names. */
export function stepOfManifest(name: string): number | undefined {
  const stem = manifestName.exec(name)?.[1];
  return stem === undefined ? undefined : Number.parseInt(stem, 10);
}

/**
 * `000123-<hash>.safetensors`. The hash keeps the same step, saved anew, from overwriting what its old
 * manifest needs.
 */
export function tensorsNameOf(step: number, sha256: string): string {
  return `${stemOf(step)}-${sha256.slice(0, 16)}.safetensors`;
}

/** How the names of a checkpoint's files begin. */
export function stemOf(step: number): string {
  return String(step).padStart(6, "0");
}

/** The two files of a checkpoint, as a run folder's `checkpoints/` holds them. */
export function encodeCheckpoint({ step, tensors, state }: Checkpoint): Map<string, Uint8Array> {
  checkJson(state, "checkpoint state");
  const content = encodeSafetensors(tensors);
  const sha256 = bytesToHex(hash(content));
  const file = tensorsNameOf(step, sha256);
  const manifest = encodeManifest({ step, file, bytes: content.length, sha256, state });
  return new Map([
    [file, content],
    [manifestNameOf(step), new TextEncoder().encode(manifest)],
  ]);
}

/** Reads tensors that have the size and the `sha256` of their manifest; `path` is where they lie. */
export function decodeTensors(
  manifest: Manifest,
  content: Uint8Array,
  path: string,
  sha256 = bytesToHex(hash(content)),
): ReadonlyMap<string, NamedTensor> {
  if (content.length !== manifest.bytes) {
    throw damage(path, `it has ${content.length} bytes, its manifest says ${manifest.bytes}`);
  }
  if (sha256 !== manifest.sha256) throw damage(path, "its sha256 is not the one in its manifest");
  return decodeSafetensors(content).tensors;
}

/** Throws where a manifest lies under another step's name. */
export function checkStep(manifest: Manifest, step: number, path: string): void {
  if (manifest.step !== step) {
    throw damage(path, `its name and its step ${manifest.step} differ`);
  }
}

function damage(path: string, what: string): GansmithError {
  return new GansmithError("checkpoint", `${path} is damaged: ${what}.`);
}
