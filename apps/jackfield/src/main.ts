#!/usr/bin/env node
import { run } from '@jackfield/server'

await run(import.meta.url, 'jackfield')
