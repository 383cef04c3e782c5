import { isUtf8 } from "node:buffer";
import { readFile, stat } from "node:fs/promises";
import { GansmithError } from "../../util/errors.ts";
import { ioError } from "../../util/node/files.ts";
import { sha256 } from "../content-hash.ts";

/** The longest file, in bytes: what is read must fit a JavaScript string. */
const MOST_BYTES = 0x1000_0000;
/** The longest document, in UTF-16 units; beyond it a file's line breaks are not what they seem. */
const MOST_CHARACTERS = 1_000_000;

/** A text file's content and the sha256 of its bytes. */
export interface TextFile {
  readonly text: string;
  readonly hash: string;
}

/**
 * Reads a file of UTF-8 text. A byte order mark is dropped, CRLF and CR become LF. Throws
 * `GansmithError`: "data" for UTF-16, invalid UTF-8 or a NUL byte (with the byte's offset) and for
 * more than 256 MiB, "io" when the disk refuses.
 */
export async function readText(path: string): Promise<TextFile> {
  let bytes: Buffer;
  try {
    const { size } = await stat(path);
    if (size > MOST_BYTES) {
      throw refused(`${path} holds ${size} bytes, at most ${MOST_BYTES} are read; split the file.`);
    }
    bytes = await readFile(path);
  } catch (error) {
    throw ioError(`read ${path}`, error);
  }
  const mark = bytes.subarray(0, 2).toString("hex");
  if (mark === "fffe" || mark === "feff") {
    throw refused(`${path} is UTF-16 text, expected UTF-8; save it again as UTF-8.`);
  }
  if (!isUtf8(bytes)) {
    const at = invalidOffset(bytes);
    throw refused(
      `${path} is not UTF-8 at byte ${at} (0x${bytes.subarray(at, at + 1).toString("hex")}); save it again as UTF-8.`,
    );
  }
  const nul = bytes.indexOf(0);
  if (nul >= 0) throw refused(`${path} has a NUL byte at byte ${nul}, expected a text file.`);
  const text = new TextDecoder().decode(bytes).replace(/\r\n?/g, "\n");
  return { text, hash: sha256(bytes) };
}

/** Where the first sequence that is not UTF-8 begins. */
function invalidOffset(bytes: Uint8Array): number {
  const decode = (n: number, fatal: boolean): string =>
    new TextDecoder("utf-8", { fatal, ignoreBOM: true }).decode(bytes.subarray(0, n), {
      stream: true,
    });
  // The longest prefix that may still go on well, by bisection.
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    try {
      decode(middle, true);
      good = middle;
    } catch {
      bad = middle;
    }
  }
  // A stream holds back what is incomplete, so what it gave ends where the bad sequence begins.
  return Buffer.byteLength(decode(good, false));
}

/**
 * A document as it is kept: NFC, no spaces at its ends. An empty one gives "". Throws ("data") on a
 * NUL, on half a surrogate pair and on more than a million characters; `where` names the place.
 */
export function cleanDocument(text: string, where: string): string {
  if (text.length > MOST_CHARACTERS) {
    throw refused(
      `${where} holds ${text.length} characters, a document may have ${MOST_CHARACTERS}; put each document on a line of its own.`,
    );
  }
  if (text.includes("\0")) throw refused(`${where} has a NUL character, expected text.`);
  if (/\p{Cs}/u.test(text)) throw refused(`${where} has half a surrogate pair, expected text.`);
  return text.replace(/\r\n?/g, "\n").normalize("NFC").trim();
}

const refused = (message: string): GansmithError => new GansmithError("data", message);
