/** From half a millisecond, a network hop, to ten seconds, when callers have given up. */
export const secondsBuckets: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
export const sizeBuckets: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];
