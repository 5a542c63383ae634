import { type FaultKind, type Finding, faultKinds } from './verdict.ts';

/** A Markdown table: one row per kind of player plus the database, one column per kind of fault. */
export function tableOf(rows: readonly string[], findings: readonly Finding[]): string {
  const count = (where: string, kind: FaultKind) =>
    findings.filter((finding) => finding.where === where && finding.kind === kind).length;
  const lines = rows.map((where) => [where, ...faultKinds.map((kind) => String(count(where, kind)))]);
  const total = [
    '**all**',
    ...faultKinds.map((kind) => `**${findings.filter((finding) => finding.kind === kind).length}**`),
  ];
  const header = ['', ...faultKinds];
  const all = [header, ...lines, total];
  const widths = header.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0), 3));
  const show = (cells: readonly string[], fill = ' ') =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`;
  return [
    show(header),
    show(
      header.map(() => ''),
      '-',
    ),
    ...lines.map((line) => show(line)),
    show(total),
  ].join('\n');
}
