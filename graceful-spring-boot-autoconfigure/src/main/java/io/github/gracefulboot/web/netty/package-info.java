/**
 * The drain of Reactor Netty.
 */
@NullMarked
package io.github.gracefulboot.web.netty;

import org.jspecify.annotations.NullMarked;
