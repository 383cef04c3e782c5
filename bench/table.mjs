/** @param {readonly any[]} rows @param {any} machine */
export function formatRows(rows, machine) {
  const facts =
    `${machine.cpu}, ${machine.cores} cores, ${machine.threads} threads a side, Node.js ${machine.node}, ` +
    `ONNX Runtime ${machine.onnxruntime}, PyTorch ${machine.torch ?? "none"}, load ${machine.load.join(" ")}, ` +
    machine.date;
  const timed = rows.filter((r) => r.oursMs !== undefined);
  const lines = timed.map((r) => [
    r.name,
    `${ms(r.oursMs)} (${ms(r.oursMinMs)})`,
    r.peer ?? "",
    r.variant ?? "",
    r.peerMs === undefined ? "" : `${ms(r.peerMs)} (${ms(r.peerMinMs)})`,
    r.ratio === undefined ? "" : `${r.ratio.toFixed(2)}x`,
    r.pairRatio === undefined ? "" : `${r.pairRatio.toFixed(2)}x`,
  ]);
  const head = [
    "case",
    "gansmith ms (min)",
    "peer",
    "variant",
    "peer ms (min)",
    "ratio",
    "of turns",
  ];
  let out = `${facts}\n`;
  if (lines.length > 0) out += `\n${align([head, ...lines])}`;
  const proofs = timed.filter((r) => r.peerLosses);
  if (proofs.length > 0) {
    out += "\nThe same work: losses of the first steps, and how far they are apart at most\n";
    const list = (losses) => losses.map((l) => l.map((x) => x.toFixed(5)).join("/")).join("  ");
    out += align(
      proofs.flatMap((r) => [
        [r.name, "gansmith", list(r.oursLosses), ""],
        ["", r.peer, list(r.peerLosses), r.lossDifference.toExponential(1)],
      ]),
    );
  }
  for (const r of proofs) {
    const left = (r.tried ?? []).map((t) => `${t.variant} ${t.ms ? `${ms(t.ms)} ms` : t.error}`);
    out += `\n${r.name}, ${r.peer}: tried ${left.join("; ")}`;
    if (r.oursCpuMs !== undefined && r.peerCpuMs !== undefined) {
      const ratio = (r.peerCpuMs / r.oursCpuMs).toFixed(2);
      out += `; processor time of a step ${ms(r.oursCpuMs)} and ${ms(r.peerCpuMs)} ms, ratio ${ratio}x`;
    }
    if (r.oursIdleCores !== undefined && r.peerIdleCores !== undefined) {
      out += `; while waiting gansmith used ${r.oursIdleCores.toFixed(2)} cores, it ${r.peerIdleCores.toFixed(2)}`;
    }
  }
  if (proofs.length > 0) out += "\n";
  for (const r of rows.filter((row) => row.oursPeakBytes !== undefined)) {
    out += `\n${r.name}: gansmith ${mib(r.oursPeakBytes)} (bare Node.js ${mib(r.oursBaseBytes)})`;
    if (r.peerPeakBytes === undefined) continue;
    out += `, ${r.peer} ${r.variant} ${mib(r.peerPeakBytes)} (import ${mib(r.peerBaseBytes)}), ratio ${r.ratio.toFixed(2)}x`;
    out += `, above those baselines ${r.ratioAboveBase.toFixed(2)}x`;
    out += `; ${r.tried.map((t) => `${t.variant} ${mib(t.peakBytes)}`).join(", ")}`;
  }
  for (const r of rows.filter((row) => row.note)) {
    out += `\n${r.name}${r.peer ? `, ${r.peer}` : ""}: ${r.note}`;
  }
  return `${out.trimEnd()}\n`;
}

/** @param {number} value */
function ms(value) {
  return value < 100 ? value.toFixed(2) : value.toFixed(0);
}

/** @param {number} bytes */
function mib(bytes) {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

/** @param {readonly (readonly string[])[]} lines */
function align(lines) {
  const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  return lines
    .map(
      (line) =>
        `${line
          .map((c, i) => c.padEnd(widths[i]))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
