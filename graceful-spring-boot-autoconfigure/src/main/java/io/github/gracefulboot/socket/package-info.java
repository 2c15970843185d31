/**
 * Listening sockets: how to close one without resetting a connection, for any server.
 */
@NullMarked
package io.github.gracefulboot.socket;

import org.jspecify.annotations.NullMarked;
