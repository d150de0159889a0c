import { runMicro } from './run-micro.ts'

// The driver has gone, however it went: nobody else would end this process.
process.on('disconnect', () => process.exit(0))
process.send?.(await runMicro(Number(process.argv[2])))
