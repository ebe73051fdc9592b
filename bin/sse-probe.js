#!/usr/bin/env node
import { main } from '../dist/cli/main.cjs';

await main(process.argv.slice(2));
