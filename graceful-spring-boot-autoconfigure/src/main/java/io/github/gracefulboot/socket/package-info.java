/**
 * Closes the listening sockets of any server without resetting connections. Internal, and
 * subject to change.
 */
@NullMarked
package io.github.gracefulboot.socket;

import org.jspecify.annotations.NullMarked;
