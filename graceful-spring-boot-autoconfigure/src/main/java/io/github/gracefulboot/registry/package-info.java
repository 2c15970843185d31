/**
 * Registers the instance with Spring Cloud's service registries when it is ready, and
 * deregisters it when the shutdown is announced. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.registry;

import org.jspecify.annotations.NullMarked;
