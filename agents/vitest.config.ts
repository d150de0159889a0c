/** For the vitest of the repository: this folder has only the agents. */
export default {
  root: import.meta.dirname,
  ssr: { resolve: { conditions: ['@jackfield/source'] } },
  test: {
    name: 'agents',
    include: ['test/**/*.test.ts'],
    execArgv: ['--conditions=@jackfield/source'],
    // Runs of the other tests clear the one that they share.
    fsModuleCachePath: `${import.meta.dirname}/node_modules/.vitest-cache`,
    // One agent at a time: each of them wants a processor of its own.
    fileParallelism: false,
    testTimeout: 120_000,
  },
}
