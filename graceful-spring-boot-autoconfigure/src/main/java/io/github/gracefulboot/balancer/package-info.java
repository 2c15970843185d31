/**
 * Tells load balancers that this instance leaves or is ready, and asks them whether they
 * have drained. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.balancer;

import org.jspecify.annotations.NullMarked;
