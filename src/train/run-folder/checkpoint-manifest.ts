import { sha256 as hash } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { GansmithError } from "../../util/errors.ts";
import type { JsonValue } from "../../util/json.ts";
import { version } from "../../util/version.ts";

const formatVersion = 1;

/** How tensor files are named; nothing else is ever read or deleted through a manifest. */
export const tensorsName = /^\d{6,}-[0-9a-f]{16}\.safetensors$/;

/** The figure by which a run's best checkpoint is chosen. */
export interface CheckpointMetric {
  readonly name: string;
  readonly value: number;
  readonly better: "lower" | "higher";
}

/** What a checkpoint's JSON file says. */
export interface Manifest {
  readonly step: number;
  /** The tensors' file name, its length in bytes and its sha256 in hex. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly metric?: CheckpointMetric | undefined;
  readonly state: JsonValue;
}

/** The file's exact text; the last field is the sha256 of the text without it. */
export function encodeManifest(manifest: Manifest): string {
  const { step, file, bytes, sha256, metric, state } = manifest;
  return seal({
    format: "gansmith-checkpoint",
    formatVersion,
    gansmith: version,
    step,
    file,
    bytes,
    sha256,
    ...(metric && { metric }),
    state,
  });
}

function seal(body: object): string {
  const manifestSha256 = bytesToHex(hash(utf8ToBytes(JSON.stringify(body))));
  return `${JSON.stringify({ ...body, manifestSha256 }, null, 2)}\n`;
}

/**
 * Reads a manifest. The text must be, byte for byte, what sealing its content gives, so any flipped
 * byte is found, white space included. Throws `GansmithError` ("checkpoint").
 */
export function parseManifest(bytes: Uint8Array, path: string): Manifest {
  const text = new TextDecoder().decode(bytes);
  let json: Record<string, unknown>;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null) throw new SyntaxError("not an object");
    json = parsed as Record<string, unknown>;
  } catch (error) {
    throw new GansmithError("checkpoint", `${path} is damaged: it is not valid JSON.`, {
      cause: error,
    });
  }
  const { manifestSha256: _, ...body } = json;
  if (!sameBytes(utf8ToBytes(seal(body)), bytes)) {
    throw new GansmithError(
      "checkpoint",
      `${path} is damaged: its text does not match its own sha256.`,
    );
  }
  if (body.format !== "gansmith-checkpoint" || body.formatVersion !== formatVersion) {
    throw new GansmithError(
      "checkpoint",
      `${path} has format ${String(body.format)} ${String(body.formatVersion)}, this gansmith (${version}) reads gansmith-checkpoint ${formatVersion}; use gansmith ${String(body.gansmith)}.`,
    );
  }
  // The seal holds, so this is what encodeManifest wrote, or someone who wants more than that.
  if (typeof body.file !== "string" || !tensorsName.test(body.file)) {
    throw new GansmithError(
      "checkpoint",
      `${path} is damaged: "${String(body.file)}" is not the name of a tensor file.`,
    );
  }
  return body as unknown as Manifest;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}
