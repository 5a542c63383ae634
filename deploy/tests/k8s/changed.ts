import type { Manifest } from './manifest.ts';

/** Keys of objects, indexes of lists, or the `name` of a list item. */
export type Path = readonly (string | number)[];

type Node = Record<string | number, unknown>;

const keyIn = (node: Node, step: string | number) =>
  Array.isArray(node) && typeof step === 'string'
    ? node.findIndex((item: { name?: string }) => item.name === step)
    : step;

/**
 * A copy in which one field of one manifest has another value.
 * @param id `Kind/name`, of generated ConfigMaps and Secrets without the hash
 * @param value undefined: the field, or the place in its list, is taken away
 */
export function changed(manifests: readonly Manifest[], id: string, path: Path, value: unknown): Manifest[] {
  const copy = structuredClone([...manifests]);
  const chosen = copy.find(
    ({ kind, metadata }) =>
      [metadata.name, metadata.name.replace(/-[a-z0-9]{10}$/, '')].includes(id.slice(kind.length + 1)) &&
      id.startsWith(`${kind}/`),
  );
  const last = path.at(-1);
  if (!chosen || last === undefined) throw new Error(`there is no ${id}`);
  let node = chosen as unknown as Node;
  for (const step of path.slice(0, -1)) {
    const next = node[keyIn(node, step)];
    if (typeof next !== 'object' || next === null) throw new Error(`${id} has no ${path.join('/')}`);
    node = next as Node;
  }
  const key = keyIn(node, last);
  if (value !== undefined) node[key] = value;
  else if (Array.isArray(node)) node.splice(Number(key), 1);
  else delete node[key];
  return copy;
}
