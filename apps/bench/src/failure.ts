/** Something that makes the whole benchmark worthless: a lost frame, a wrong status, a dead process. Ends the run with exit code 1. */
export class BenchFailure extends Error {
  override readonly name = 'BenchFailure'
}
