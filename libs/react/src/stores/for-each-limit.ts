const maxAtOnce = 4;

/** Does the work for each item, a few at a time. @throws what the work throws */
export async function forEachLimit<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const next = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: maxAtOnce }, next));
}
