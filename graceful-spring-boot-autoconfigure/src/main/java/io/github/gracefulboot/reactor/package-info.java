/**
 * The event loops of Reactor Netty that servers and clients share. Internal, and subject
 * to change.
 */
@NullMarked
package io.github.gracefulboot.reactor;

import org.jspecify.annotations.NullMarked;
