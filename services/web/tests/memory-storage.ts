/** A `localStorage` without a browser. It is full for values that contain `huge`. */
export function memoryStorage() {
  const items = new Map<string, string>();
  return {
    get length() {
      return items.size;
    },
    key: (index: number) => [...items.keys()][index] ?? null,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (value.includes('huge')) throw new Error('full');
      items.set(key, value);
    },
    removeItem: (key: string) => items.delete(key),
  };
}
