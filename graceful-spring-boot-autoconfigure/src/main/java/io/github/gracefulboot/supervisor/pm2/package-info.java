/**
 * Support for PM2 and other parent processes that use the IPC channel of Node.js.
 * Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.supervisor.pm2;

import org.jspecify.annotations.NullMarked;
