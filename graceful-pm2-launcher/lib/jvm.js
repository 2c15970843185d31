'use strict';

const { spawn } = require('node:child_process');
const { constants } = require('node:os');
const { write } = require('./output');

const NOT_FOUND = 127;

/**
 * How long its output may be held open by a child of its own.
 */
const OUTPUT_MS = 1000;

/**
 * The JVM, which talks to this process as it would talk to PM2.
 */
class Jvm {
  #process;

  #isReady = false;

  /**
   * @param settings java, its arguments and its environment
   */
  constructor({ java, args, env }) {
    // The channel makes Node set NODE_CHANNEL_FD
    this.#process = spawn(java, args, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    // Decoded here, since PM2 would cut characters in two where a chunk ends
    this.#process.stdout?.setEncoding('utf8').on('data', (text) => write(process.stdout, text));
    this.#process.stderr?.setEncoding('utf8').on('data', (text) => write(process.stderr, text));

    /** Resolves when it says that it is ready. */
    this.ready = new Promise((resolve) => {
      this.#process.on('message', (message) => {
        if (message === 'ready') {
          this.#isReady = true;
          resolve();
        }
      });
    });

    /** Resolves with the exit code when it has ended and its output is read. */
    this.exited = new Promise((resolve, reject) => {
      const end = (code, signal) => resolve(signal ? 128 + constants.signals[signal] : code);
      this.#process.once('close', end);
      this.#process.once('exit', (code, signal) => setTimeout(end, OUTPUT_MS, code, signal).unref());
      this.#process.on('error', (error) => {
        if (this.#process.pid === undefined) {
          reject(Object.assign(new Error(`can not start java: ${error.message}`), { exitCode: NOT_FOUND }));
        }
      });
    });
  }

  /**
   * Asks it to stop: by message, or by SIGTERM while it starts and does not listen for messages yet.
   */
  shutdown() {
    if (this.#isReady && this.#process.connected) {
      this.#process.send('shutdown', () => {});
    } else {
      this.#process.kill('SIGTERM');
    }
  }
}

module.exports = { Jvm };
