import { describe, expect, test } from "vitest";
import { inferData } from "../../src/data/infer-data.ts";
import type { DataSpec } from "../../src/data/source.ts";
import { GansmithError } from "../../src/util/errors.ts";
import { at, type Case, describeRefusals, good } from "../support/bad-files.ts";
import { put } from "../support/picture-files.ts";

const specs: readonly Case[] = [
  ["an unknown name", () => ({ name: "mnits" }), /unknown data set "mnits".*Did you mean "mnist"/],
  ["no name", () => ({}) as DataSpec, /must be an object with a name/],
  ["null", () => null as unknown as DataSpec, /must be an object with a name/],
  ["an unknown option", () => ({ name: "mnist", sice: 3 }), /data set "mnist".*sice/],
  ["no path", () => ({ name: "folder" }), /data\.path is missing/],
  ["a path that is no text", () => ({ name: "zip", path: 7 }), /data\.path.*expected string/],
  ["an unknown fit", () => ({ name: "folder", path: ".", fit: "squash" }), /data\.fit.*crop/],
  ["a colour that is none", () => ({ name: "folder", path: ".", background: "#12" }), /rrggbb/],
  ["a share of 2", () => ({ name: "folder", path: ".", testShare: 2 }), /data\.testShare/],
  ["a share that is NaN", () => ({ name: "folder", path: ".", testShare: Number.NaN }), /finite/],
  ["another vendor", () => ({ name: "emoji", vendor: "acme" }), /data\.vendor/],
  [
    "a missing package",
    () => ({ name: "emoji", vendor: "twitter" }),
    /npm install emoji-datasource-twitter/,
  ],
  ["size 0", () => ({ name: "mnist" }), /size must be a whole number.*received 0/, { size: 0 }],
  ["size 28.5", () => ({ name: "mnist" }), /received 28.5/, { size: 28.5 }],
  ["size NaN", () => ({ name: "mnist" }), /received NaN/, { size: Number.NaN }],
  ["size 100000", () => ({ name: "mnist" }), /from 4 to 1024/, { size: 100_000 }],
  ["2 channels", () => ({ name: "mnist" }), /channels must be 1/, { channels: 2 as 1 }],
  ["another split", () => ({ name: "mnist" }), /"train" or "test"/, { split: "dev" as "test" }],
];

describeRefusals("a request or spec with", specs);

describe("a --data argument", () => {
  const refused = (given: string): string => {
    try {
      inferData(given);
    } catch (error) {
      expect(error).toBeInstanceOf(GansmithError);
      return (error as GansmithError).message;
    }
    throw new Error(`${given} was accepted`);
  };
  test("that is nothing known", () => {
    expect(refused("fashon-mnist")).toMatch(/Did you mean "fashion-mnist"/);
    expect(refused(at("nowhere"))).toMatch(/does not exist, expected a folder of pictures/);
    expect(refused(put(at("n.txt"), "x"))).toMatch(/not data that gansmith can read/);
    expect(refused(put(at("p.png"), good))).toMatch(/one picture/);
    expect(refused("")).toMatch(/unknown data set ""/);
  });
});
