/**
 * Load balancers to put before the instances.
 */
@NullMarked
package io.github.gracefulboot.test.balancer;

import org.jspecify.annotations.NullMarked;
