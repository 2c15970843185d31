/**
 * HAProxy, by its runtime API. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.balancer.haproxy;

import org.jspecify.annotations.NullMarked;
