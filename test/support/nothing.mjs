// A program that needs nothing: whether Node can open it at all shows with how few descriptors it starts.
import process from 'node:process';

process.exitCode = 0;
