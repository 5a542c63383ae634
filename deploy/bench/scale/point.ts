import type { World } from './world.ts';

export interface Figure {
  /** The thing that was counted, with its unit. */
  name: string;
  value: number;
}

/** A part of the system that grew too fast, measured at the size where it broke. */
export interface ScalePoint {
  title: string;
  /** Takes some seconds. */
  measure(world: World): Promise<Figure[]>;
}
