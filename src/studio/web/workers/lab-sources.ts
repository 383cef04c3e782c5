import { usageError } from "../../../util/errors.ts";
import {
  dataOfRun,
  type GivenFile,
  idxData,
  installedData,
  type LabData,
  type LabDataSpec,
  type LabShape,
  pictureData,
} from "../../lab/lab-data.ts";
import type { OpenedRun } from "../../lab/run-files.ts";
import { decodePicture } from "../lab/decode-picture.ts";

/** Where images come from: a package of the server, files that were given, the run that was opened. */
export type LabSource =
  | { readonly kind: "installed"; readonly name: string }
  | { readonly kind: "files"; readonly files: readonly File[] }
  | { readonly kind: "run" };

/** Finds images for the lab, and keeps the last that it found. */
export class LabSources {
  /** The address of installed data sets; "" where there is no server. */
  readonly #server: string;
  #data: { readonly key: string; readonly data: LabData } | undefined;
  #given: readonly GivenFile[] = [];
  #givenBy: readonly File[] | undefined;
  /** The last run that was opened. */
  #opened: OpenedRun | undefined;

  constructor(server: string) {
    this.#server = server;
  }

  /** The images of a source, at a size. */
  async load(source: LabSource, shape: LabShape): Promise<LabData> {
    const given = source.kind === "files" ? source.files : undefined;
    if (given && given !== this.#givenBy) {
      this.#given = await contents(given);
      this.#givenBy = given;
      this.#data = undefined;
    }
    const key = JSON.stringify([source.kind, "name" in source && source.name, shape]);
    if (this.#data?.key === key && source.kind !== "run") return this.#data.data;
    this.#data = undefined;
    const data = await this.#read(source, shape);
    this.#data = { key, data };
    return data;
  }

  async #read(source: LabSource, shape: LabShape): Promise<LabData> {
    if (source.kind === "installed") return this.#installed({ name: source.name }, shape);
    if (source.kind === "files") return fromFiles(this.#given, shape);
    if (!this.#opened) throw usageError("there is no run yet; open one first.");
    return this.#dataFor(this.#opened, shape);
  }

  /** The images of a run: its own, the server's, or those that are here. */
  async #dataFor(run: OpenedRun, { size, channels }: LabShape): Promise<LabData> {
    const { config, checkpoint, files } = run;
    const spec = config.data as LabDataSpec;
    const own = await dataOfRun(spec, { size, channels }, files, decodePicture);
    if (own) return own;
    const { dataset } = checkpoint.state as unknown as { dataset: { fingerprint: string } };
    const here = await this.#sameAs(dataset.fingerprint, { size, channels });
    if (here) return here;
    if (this.#server && spec.path === undefined) return this.#installed(spec, { size, channels });
    throw usageError(
      `this run was trained on the data set "${spec.name}", which is not in its files: choose those images first, then open the run again.`,
    );
  }

  async #sameAs(fingerprint: string, shape: LabShape): Promise<LabData | undefined> {
    if (this.#data?.data.images.fingerprint === fingerprint) return this.#data.data;
    if (this.#given.length === 0) return undefined;
    const data = await fromFiles(this.#given, shape);
    return data.images.fingerprint === fingerprint ? data : undefined;
  }

  async #installed(spec: LabDataSpec, { size, channels }: LabShape): Promise<LabData> {
    const query = new URLSearchParams({ size: String(size) });
    if (channels !== undefined) query.set("channels", String(channels));
    if (spec.limit !== undefined) query.set("limit", String(spec.limit));
    const response = await fetch(`${this.#server}${encodeURIComponent(spec.name)}?${query}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (response.ok) return installedData(spec, bytes);
    throw usageError(errorOf(new TextDecoder().decode(bytes)) || `status ${response.status}`);
  }

  /** The images of a run, which is the source `run` from then on. */
  async open(run: OpenedRun): Promise<LabData> {
    const data = await this.#dataFor(run, run.config);
    this.#opened = run;
    return data;
  }
}

/** IDX files, or pictures. */
function fromFiles(files: readonly GivenFile[], shape: LabShape): Promise<LabData> {
  const isIdx = files.every(({ name, bytes }) => /ubyte|\.gz$/.test(name) || bytes[2] === 8);
  return isIdx ? idxData(files, shape) : pictureData(files, shape, decodePicture);
}

export function contents(files: readonly File[]): Promise<GivenFile[]> {
  return Promise.all(
    files.map(async (file) => ({
      name: file.name,
      bytes: new Uint8Array(await file.arrayBuffer()),
    })),
  );
}

function errorOf(text: string): string {
  try {
    return (JSON.parse(text) as { error: string }).error;
  } catch {
    return text;
  }
}
