import {
  type Accepted,
  type ForkRequest,
  type RecipeInfo,
  type ResumeRequest,
  type RunDetail,
  type StartRequest,
  tokenHeader,
} from "../../runs/api.ts";
import { serverToken } from "../shell/server.ts";

/** The address of the server's API. */
export const apiBase = new URL("api/", document.baseURI).href;

/** Where a file of a run is. */
export function fileAddress(id: string, path: string): string {
  const parts = path.split(/[/\\]/).map(encodeURIComponent);
  return `${apiBase}runs/${encodeURIComponent(id)}/files/${parts.join("/")}`;
}

export function recipes(): Promise<readonly RecipeInfo[]> {
  return ask("recipes");
}

export function runDetail(id: string): Promise<RunDetail> {
  return ask(`runs/${encodeURIComponent(id)}`);
}

export function startRun(request: StartRequest): Promise<Accepted> {
  return ask("runs", request);
}

export function stopRun(id: string): Promise<Accepted> {
  return ask(`runs/${encodeURIComponent(id)}/stop`, {});
}

export function resumeRun(id: string, request: ResumeRequest): Promise<Accepted> {
  return ask(`runs/${encodeURIComponent(id)}/resume`, request);
}

export function forkRun(id: string, request: ForkRequest): Promise<Accepted> {
  return ask(`runs/${encodeURIComponent(id)}/fork`, request);
}

/** Throws what the server says went wrong. */
async function ask<T>(path: string, body?: unknown): Promise<T> {
  const headers = { "content-type": "application/json", [tokenHeader]: serverToken() };
  const post = { method: "POST", body: JSON.stringify(body), headers };
  const response = await fetch(apiBase + path, body === undefined ? {} : post);
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as T;
  let said = text;
  try {
    said = (JSON.parse(text) as { error: string }).error;
  } catch {
    // Not from this server: shown as it is.
  }
  throw new Error(said || `${response.status}`);
}
