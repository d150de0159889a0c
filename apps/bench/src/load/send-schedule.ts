/** Node's timers count whole milliseconds; a request that leaves this much late is the driver's grain and nobody's queue. */
const timerGrainMs = 1.5

/**
 * From when a request's wait counts: from when it left if that was within a timer's grain of when it was due, else from when it was due
 * (so that no wait is omitted because the driver itself was kept from sending).
 */
export function countsFrom(due: number, left: number): number {
  return left - due <= timerGrainMs ? left : due
}
