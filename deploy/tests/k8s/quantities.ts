/** `1Gi` → 1024; NaN if it is not a quantity of memory. */
export const mebibytes = (quantity: unknown): number => {
  const match = /^(\d+)(Mi|Gi)$/.exec(String(quantity));
  return Number(match?.[1]) * (match?.[2] === 'Gi' ? 1_024 : 1);
};

/** `250m` → 0.25; NaN if it is not a quantity of processors. */
export const processors = (quantity: unknown): number => {
  const match = /^(\d+)(m?)$/.exec(String(quantity));
  return Number(match?.[1]) / (match?.[2] ? 1_000 : 1);
};
