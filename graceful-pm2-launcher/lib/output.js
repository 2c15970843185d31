'use strict';

const FLUSH_MS = 500;

const lastWrites = new Map();

/**
 * Writes to this process's own stream, which PM2 turns into its log file.
 */
function write(stream, text) {
  lastWrites.set(stream, new Promise((resolve) => stream.write(text, 'utf8', resolve)));
}

/**
 * One line of the launcher itself.
 */
function log(text) {
  write(process.stdout, `graceful-pm2-launcher: ${text}\n`);
}

/**
 * Ends this process when everything is written. PM2 writes a worker's log from within the worker, so that the last
 * lines would be lost without.
 */
async function exit(code) {
  const enough = new Promise((resolve) => setTimeout(resolve, FLUSH_MS));
  await Promise.race([Promise.all(lastWrites.values()), enough]);
  process.exit(code);
}

module.exports = { write, log, exit };
