import { type Case, cifarOf, describeRefusals, five } from "../support/bad-files.ts";

const cifars: readonly Case[] = [
  [
    "wrong length",
    () => cifarOf("c0", five(new Uint8Array(3000))),
    /records of 3073 bytes.*received 3000 bytes/,
  ],
  ["0 bytes", () => cifarOf("c1", five(new Uint8Array())), /received 0 bytes/],
  [
    "a batch missing",
    () => cifarOf("c2", { "data_batch_1.bin": new Uint8Array(3073) }),
    /lacks data_batch_2\.bin/,
  ],
  [
    "label 200",
    () => cifarOf("c3", five(new Uint8Array(3073).fill(200))),
    /record 0 has label 200, expected 0 to 9/,
  ],
  [
    "no such split",
    () => cifarOf("c4", five(new Uint8Array(3073))),
    /no test images/,
    { split: "test" },
  ],
];

describeRefusals("CIFAR files with", cifars);
