import type { Bus } from '../../src/index.ts';

/** Two processes of one system. For an implementation within one process, `two` is `one`. */
export interface Buses {
  one: Bus;
  two: Bus;
}
