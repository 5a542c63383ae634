/** How many connections a gateway has closed since its start, by reason. */
export async function closings(gateway: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${gateway}/metrics`)).text();
  return Object.fromEntries(
    [...text.matchAll(/gateway_closings_total\{reason="(\w+)"\} (\d+)/g)].map(([, reason = '', count]) => [
      reason,
      Number(count),
    ]),
  );
}
