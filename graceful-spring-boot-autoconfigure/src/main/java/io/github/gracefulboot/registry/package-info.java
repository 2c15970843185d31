/**
 * Tells Spring Cloud's service registries of the instance when it is ready, and of its
 * end when the stop is announced.
 */
@NullMarked
package io.github.gracefulboot.registry;

import org.jspecify.annotations.NullMarked;
