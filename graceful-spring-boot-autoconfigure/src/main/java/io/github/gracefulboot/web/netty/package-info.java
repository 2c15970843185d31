/**
 * Drains Reactor Netty servers. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.web.netty;

import org.jspecify.annotations.NullMarked;
