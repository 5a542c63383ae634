import type { Envelope } from '@parley/contracts';
import { createLogger, newId } from '@parley/runtime';

export const silent = createLogger({ service: 'test', level: 'silent' });

/** An event with a number, which shows its place in the order. */
export function numbered(n: number): Envelope {
  return { id: newId(), type: 'test.counted', version: 1, time: new Date(0).toISOString(), data: { n } };
}

export const numberOf = (event: Envelope): number => (event.data as { n: number }).n;
export const numbersOf = (events: readonly Envelope[]): number[] => events.map(numberOf);
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Collects the names of Node.js' warnings of this process. */
export function collectWarnings(): { names: string[]; stop: () => void } {
  const names: string[] = [];
  const note = ({ name }: Error) => void names.push(name);
  process.on('warning', note);
  return { names, stop: () => process.off('warning', note) };
}

/** A gate that holds handlers until the test opens it. */
export function gate(): { passed: Promise<void>; open: () => void } {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}
