/** What bench/delivery.ts and its receivers agree on. */

export const ENDPOINTS = 1000;
/** The first endpoints: 5 % dead, 5 % slow. */
export const DEAD_COUNT = ENDPOINTS / 20;
export const SICK_COUNT = ENDPOINTS / 10;
export const SLOW_MS = 3000;

export interface Order {
  /** Begins a round. */
  areSick?: boolean;
  /** Asks for the delays of the round. */
  isEnd?: boolean;
}

export interface Report {
  /** Deliveries that came to healthy endpoints, and to the sick. */
  healthyCount: number;
  sickCount: number;
  heapUsed: number;
  /** Of the healthy, from the event to its receipt, ms. */
  delays?: number[];
}
