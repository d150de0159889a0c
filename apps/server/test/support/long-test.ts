/** Whether sweeps run whole (`npm run test:long`) instead of as a sample. */
export const isLongTest = process.env['JACKFIELD_TEST_LONG'] === '1'

/** How many of something a sweep tries. */
export function sampleSize(sizes: { readonly sample: number; readonly whole: number }): number {
  return isLongTest ? sizes.whole : sizes.sample
}
