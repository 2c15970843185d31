'use strict';

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/**
 * What the path of a Unix socket may have, in bytes.
 */
const LONGEST = 107;

/**
 * Where the JVMs of one application find each other and nobody else: in a directory of this user. Another port makes
 * another path, so that a reload can change it.
 */
function handOverPath(env) {
  const home = path.resolve(env.PM2_HOME || path.join(os.homedir(), '.pm2'));
  const application = JSON.stringify([home, env.namespace, env.name, env.SERVER_ADDRESS, env.SERVER_PORT]);
  const hash = createHash('sha256').update(application).digest('hex').slice(0, 12);
  const file = `${String(env.name).replace(/[^\w.-]/g, '_').slice(0, 20)}-${hash}.sock`;
  const problems = [];
  for (const directory of [path.join(home, 'graceful'), path.join(os.tmpdir(), `graceful-${process.getuid()}`)]) {
    const candidate = path.join(directory, file);
    const problem = Buffer.byteLength(candidate) > LONGEST ? `${candidate} is too long` : occupy(directory);
    if (!problem) {
      return candidate;
    }
    problems.push(problem);
  }
  throw new Error(`no place for the JVMs to meet (${problems.join(', ')}): set GRACEFUL_HANDOVER_PATH in env to a path`
    + ` of at most ${LONGEST} bytes, in a directory that only this user can write to`);
}

/**
 * Creates a directory, unless it exists.
 * @returns {string | undefined} why it cannot be used
 */
function occupy(directory) {
  try {
    fs.mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if (error.code !== 'EEXIST') {
      return error.message;
    }
  }
  const found = fs.lstatSync(directory);
  const isPrivate = found.isDirectory() && found.uid === process.getuid() && (found.mode & 0o077) === 0;
  return isPrivate ? undefined : `${directory} is not a directory of this user alone`;
}

module.exports = { handOverPath };
