#!/usr/bin/env node
import { run } from './run.ts'

await run(import.meta.url, 'jackfield-server')
