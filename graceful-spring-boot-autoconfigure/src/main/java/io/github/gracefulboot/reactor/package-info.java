/**
 * The event loops of Reactor Netty, which servers and clients share. Internal, and
 * subject to change.
 */
@NullMarked
package io.github.gracefulboot.reactor;

import org.jspecify.annotations.NullMarked;
